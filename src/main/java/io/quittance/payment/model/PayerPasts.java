package io.quittance.payment.model;

import io.quittance.database.Dialect;
import io.quittance.database.SqlFailure;
import io.quittance.fraud.PayerHistory.Totals;
import io.quittance.fraud.Window;
import io.quittance.journal.AccountKey;
import io.quittance.journal.TransactionTooLongException;
import io.quittance.web.TypeId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * The earlier payments of payers, counted for velocity rules: those that are stored, and those
 * before a payment in the same transaction. Confined to the journal's thread.
 */
final class PayerPasts {

  /** A payer's payments in a window before and up to a payment. */
  record Past(UUID merchantId, String payer, Window window, Instant upTo, UUID upToId) {

    AccountKey account() {
      return new AccountKey(merchantId, payer);
    }
  }

  /**
   * The totals of a past.
   *
   * @param cut whether there are more payments than were counted
   */
  record Counted(Totals totals, boolean cut) {}

  private record Payer(UUID merchantId, String account) {}

  /** Later than all stored payments: for a payment that is not stored yet. */
  private static final Instant END_OF_TIME = Instant.parse("9999-12-31T00:00:00Z");

  /**
   * How many of a payer's payments, over all its windows, are read in a transaction that others
   * wait for. With more, the payer's commands are applied separately. 2,000 take PostgreSQL about a
   * millisecond.
   */
  private static final int READ_MAX = 2_000;

  private final Dialect dialect;
  private final boolean mayReadLong;
  private final Set<Past> wanted = new LinkedHashSet<>();
  private final Map<Payer, Integer> begun = new HashMap<>();
  private final Map<Payer, List<Payment>> addedByPayer = new HashMap<>();
  private final Map<Past, Totals> pasts = new HashMap<>();
  private Set<AccountKey> cut = Set.of();

  /**
   * @param mayReadLong whether to read all of a past, however long that takes
   * @param earlier the pasts that were read ahead
   */
  PayerPasts(Dialect dialect, boolean mayReadLong, Optional<PayerPasts> earlier) {
    this.dialect = dialect;
    this.mayReadLong = mayReadLong;
    earlier.ifPresent(ahead -> pasts.putAll(ahead.pasts));
  }

  /** Announces that the past before a new payment will be needed. */
  void request(PaymentOrder order, Set<Window> windows) {
    for (Window window : windows) {
      wanted.add(beforeNew(order.merchantId(), order.payer(), window));
    }
  }

  /** Announces that the past before a stored payment will be needed. */
  void request(Payment payment, Set<Window> windows) {
    for (Window window : windows) {
      wanted.add(upTo(payment, window));
    }
  }

  private static Past beforeNew(UUID merchantId, String payer, Window window) {
    return new Past(merchantId, payer, window, END_OF_TIME, TypeId.LAST);
  }

  private static Past upTo(Payment payment, Window window) {
    PaymentTerms terms = payment.terms();
    return new Past(terms.merchantId(), terms.payer(), window, terms.createdAt(), terms.id());
  }

  /** As {@link Payments#creationTime}. */
  Instant creationTime(PaymentOrder order, Instant now) {
    int before = begun.merge(new Payer(order.merchantId(), order.payer()), 1, Integer::sum) - 1;
    return now.plus(before, ChronoUnit.MICROS);
  }

  /** Adds a new payment. */
  void add(Payment payment) {
    ofSamePayer(payment).add(payment);
  }

  /** The payer's new payments, in order. */
  private List<Payment> ofSamePayer(Payment payment) {
    return addedByPayer.computeIfAbsent(
        new Payer(payment.terms().merchantId(), payment.terms().payer()), _ -> new ArrayList<>(1));
  }

  /**
   * The totals of the payer's payments in the windows, up to and including this one.
   *
   * @param isNew whether this transaction added it
   */
  Map<Window, Totals> of(Payment payment, boolean isNew, Set<Window> windows) {
    Map<Window, Totals> totals = new HashMap<>();
    for (Window window : windows) {
      totals.put(window, isNew ? withBatch(payment, window) : stored(upTo(payment, window)));
    }
    return totals;
  }

  private Totals withBatch(Payment payment, Window window) {
    PaymentTerms terms = payment.terms();
    Totals totals = stored(beforeNew(terms.merchantId(), terms.payer(), window));
    for (Payment other : ofSamePayer(payment)) {
      if (other.status() != PaymentStatus.FAILED
          && (window.currency() == null
              || window.currency().equals(other.terms().money().currency()))) {
        totals = totals.plus(1, other.terms().money().amount());
      }
      if (other == payment) {
        break;
      }
    }
    return totals;
  }

  private Totals stored(Past past) {
    return Objects.requireNonNull(pasts.get(past), () -> "not requested: " + past);
  }

  /**
   * Counts the announced pasts of one payer, whose account is locked. Returns whether there was
   * much to read.
   */
  boolean readAhead(JdbcOperations jdbc, AccountKey locked) {
    List<Past> some = wanted.stream().filter(past -> past.account().equals(locked)).toList();
    if (count(jdbc, some, READ_MAX).isEmpty()) {
      return false;
    }
    try {
      count(jdbc, some, PayerPastsSql.ALL);
      return true;
    } catch (DataAccessException e) {
      throw SqlFailure.canceled(e) ? new TransactionTooLongException(locked, e) : e;
    }
  }

  /** Whether a past of this payer was announced. */
  boolean asksAbout(AccountKey payer) {
    return wanted.stream().anyMatch(past -> past.account().equals(payer));
  }

  /** Counts the announced pasts that are not counted yet. */
  void load(JdbcOperations jdbc) {
    List<Past> some = wanted.stream().filter(past -> !pasts.containsKey(past)).toList();
    try {
      cut = count(jdbc, some, mayReadLong ? PayerPastsSql.ALL : READ_MAX);
    } catch (DataAccessException e) {
      throw mayReadLong && SqlFailure.canceled(e) ? new TransactionTooLongException(null, e) : e;
    }
  }

  /** Counts these pasts; returns the payers that have more payments than the limit. */
  private Set<AccountKey> count(JdbcOperations jdbc, List<Past> some, int readMax) {
    if (some.isEmpty()) {
      return Set.of();
    }
    var longer = new HashSet<AccountKey>();
    PayerPastsSql.find(jdbc, dialect, some, readMax)
        .forEach(
            (past, counted) -> {
              if (counted.cut()) {
                longer.add(past.account());
              } else {
                pasts.put(past, counted.totals());
              }
            });
    return longer;
  }

  /** The payers that have more payments than were read. */
  Set<AccountKey> tooMuchToRead() {
    return cut;
  }
}
