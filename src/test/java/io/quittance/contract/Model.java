package io.quittance.contract;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The simplest thing that could be right: what payments, their operations and transfers do to
 * accounts, one after the other, in plain sums.
 */
final class Model {

  /** What the service is to answer. */
  record Expected(int status, String code) {

    static final Expected CREATED = new Expected(201, "");
    static final Expected OK = new Expected(200, "");
    static final Expected ACCEPTED = new Expected(202, "");

    static Expected problem(int status, String code) {
      return new Expected(status, code);
    }
  }

  /** An account; {@code world} may go below zero. */
  static final class Account {
    final boolean external;
    boolean frozen;
    long posted;
    long pendingOut;
    long pendingIn;

    Account(boolean external) {
      this.external = external;
    }

    private Account copy() {
      var copy = new Account(external);
      copy.frozen = frozen;
      copy.posted = posted;
      copy.pendingOut = pendingOut;
      copy.pendingIn = pendingIn;
      return copy;
    }

    boolean canPay(long amount) {
      return external || posted - pendingOut >= amount;
    }
  }

  /** A payment that exists. */
  static final class Payment {
    final String payer;
    final String payee;
    final long amount;
    final boolean manual;
    String status = "processing";
    long held;
    long captured;
    long refunded;

    Payment(String payer, String payee, long amount, boolean manual) {
      this.payer = payer;
      this.payee = payee;
      this.amount = amount;
      this.manual = manual;
    }

    boolean waits() {
      return status.equals("authorized") || status.equals("in_review");
    }

    long capturable() {
      return status.equals("authorized") ? held : 0;
    }
  }

  /** A transfer that was made, a reversal or not. */
  static final class Transfer {
    final String from;
    final String to;
    final long amount;
    long reversed;

    Transfer(String from, String to, long amount) {
      this.from = from;
      this.to = to;
      this.amount = amount;
    }
  }

  /** A person looks at payments of more than this. */
  static final long REVIEWED_ABOVE = 80;

  static final List<String> ACCOUNTS = List.of("world", "alice", "bob", "shop");

  final Map<String, Account> accounts = new LinkedHashMap<>();
  final List<Payment> payments = new ArrayList<>();
  final List<Transfer> transfers = new ArrayList<>();

  Model() {
    ACCOUNTS.forEach(id -> accounts.put(id, new Account(id.equals("world"))));
  }

  Expected transfer(String from, String to, long amount) {
    if (from.equals(to)) {
      return Expected.problem(422, "same_account");
    }
    if (frozen(from, to)) {
      return Expected.problem(422, "account_frozen");
    }
    if (!account(from).canPay(amount)) {
      return Expected.problem(402, "insufficient_funds");
    }
    move(from, to, amount);
    transfers.add(new Transfer(from, to, amount));
    return Expected.CREATED;
  }

  /**
   * Gives back what a transfer moved.
   *
   * @param amount 0: all that is left
   */
  Expected reverse(Transfer transfer, long amount) {
    long left = transfer.amount - transfer.reversed;
    long wanted = amount == 0 ? left : amount;
    if (left == 0 || wanted > left) {
      return Expected.problem(422, "amount_exceeds_reversible");
    }
    Expected made = transfer(transfer.to, transfer.from, wanted);
    if (made.equals(Expected.CREATED)) {
      transfer.reversed += wanted;
    }
    return made;
  }

  Expected freeze(String account, boolean frozen) {
    account(account).frozen = frozen;
    return Expected.OK;
  }

  private boolean frozen(String from, String to) {
    return account(from).frozen || account(to).frozen;
  }

  /** All of them, one after the other, or none. */
  Expected payTogether(List<Step.Pay> together) {
    Map<String, Account> before = copies();
    int made = payments.size();
    for (Step.Pay one : together) {
      if (!pay(one.payer(), one.payee(), one.amount(), false).equals(Expected.CREATED)) {
        accounts.putAll(before);
        payments.subList(made, payments.size()).clear();
        return Expected.problem(422, "batch_refused");
      }
    }
    return Expected.CREATED;
  }

  /**
   * Each for itself, in an order that comes to these results.
   *
   * @return whether there is one; else nothing was done
   */
  boolean payEach(List<Step.Pay> each, List<Expected> results) {
    return orders(each.size()).anyMatch(order -> payInOrder(each, results, order));
  }

  /** The orders in which so many things can be done. */
  private static Stream<List<Integer>> orders(int size) {
    return size == 0
        ? Stream.of(List.of())
        : orders(size - 1)
            .flatMap(
                order ->
                    IntStream.range(0, size)
                        .mapToObj(
                            place -> {
                              var longer = new ArrayList<>(order);
                              longer.add(place, size - 1);
                              return longer;
                            }));
  }

  private boolean payInOrder(List<Step.Pay> each, List<Expected> results, List<Integer> order) {
    Map<String, Account> before = copies();
    int made = payments.size();
    Map<Integer, Payment> byItem = new TreeMap<>();
    boolean agrees = true;
    for (int item : order) {
      int stored = payments.size();
      Step.Pay one = each.get(item);
      Expected result = pay(one.payer(), one.payee(), one.amount(), one.manual());
      agrees &= result.equals(results.get(item));
      if (payments.size() > stored) {
        byItem.put(item, payments.getLast());
      }
    }
    payments.subList(made, payments.size()).clear();
    if (agrees) {
      payments.addAll(byItem.values());
    } else {
      accounts.putAll(before);
    }
    return agrees;
  }

  private Map<String, Account> copies() {
    Map<String, Account> copies = new LinkedHashMap<>();
    accounts.forEach((id, account) -> copies.put(id, account.copy()));
    return copies;
  }

  Expected pay(String payer, String payee, long amount, boolean manual) {
    if (payer.equals(payee)) {
      return Expected.problem(422, "same_account");
    }
    if (frozen(payer, payee)) {
      return Expected.problem(422, "account_frozen");
    }
    var payment = new Payment(payer, payee, amount, manual);
    payments.add(payment);
    if (!account(payer).canPay(amount)) {
      payment.status = "declined";
      return Expected.problem(402, "insufficient_funds");
    }
    hold(payment, amount);
    if (amount > REVIEWED_ABOVE) {
      payment.status = "in_review";
      return Expected.ACCEPTED;
    }
    approve(payment);
    return Expected.CREATED;
  }

  Expected review(Payment payment, boolean approve) {
    if (!payment.status.equals("in_review")) {
      return Expected.problem(409, "invalid_state");
    }
    if (approve) {
      approve(payment);
    } else {
      end(payment, "declined");
    }
    return Expected.OK;
  }

  private void approve(Payment payment) {
    if (payment.manual) {
      payment.status = "authorized";
    } else {
      hold(payment, -payment.amount);
      move(payment.payer, payment.payee, payment.amount);
      payment.captured = payment.amount;
      payment.status = "succeeded";
    }
  }

  /**
   * Captures.
   *
   * @param amount 0: all that is left
   */
  Expected capture(Payment payment, long amount, boolean last) {
    if (!payment.status.equals("authorized")) {
      return Expected.problem(409, "invalid_state");
    }
    long wanted = amount == 0 ? payment.held : amount;
    if (wanted > payment.held) {
      return Expected.problem(422, "amount_exceeds_capturable");
    }
    hold(payment, -wanted);
    move(payment.payer, payment.payee, wanted);
    payment.captured += wanted;
    if (last || payment.held == 0) {
      hold(payment, -payment.held);
      payment.status = "succeeded";
    }
    return Expected.CREATED;
  }

  Expected cancel(Payment payment) {
    if (!payment.status.equals("authorized")) {
      return Expected.problem(409, "invalid_state");
    }
    end(payment, "canceled");
    return Expected.OK;
  }

  /** The hold runs out; the next operation finds that out. */
  void runOut(Payment payment) {
    if (payment.waits()) {
      end(payment, "expired");
    }
  }

  private void end(Payment payment, String status) {
    hold(payment, -payment.held);
    payment.status = payment.captured > 0 ? "succeeded" : status;
  }

  /**
   * Refunds.
   *
   * @param amount 0: all that is left
   */
  Expected refund(Payment payment, long amount) {
    if (payment.captured == 0) {
      return Expected.problem(409, "invalid_state");
    }
    long left = payment.captured - payment.refunded;
    long wanted = amount == 0 ? left : amount;
    if (left == 0 || wanted > left) {
      return Expected.problem(422, "amount_exceeds_refundable");
    }
    if (!account(payment.payee).canPay(wanted)) {
      return Expected.problem(402, "insufficient_funds");
    }
    move(payment.payee, payment.payer, wanted);
    payment.refunded += wanted;
    return Expected.CREATED;
  }

  private void hold(Payment payment, long amount) {
    payment.held += amount;
    account(payment.payer).pendingOut += amount;
    account(payment.payee).pendingIn += amount;
  }

  private void move(String from, String to, long amount) {
    account(from).posted -= amount;
    account(to).posted += amount;
  }

  private Account account(String id) {
    return accounts.get(id);
  }
}
