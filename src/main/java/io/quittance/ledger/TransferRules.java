package io.quittance.ledger;

import io.quittance.money.Money;
import io.quittance.web.ProblemCode;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The rules for orders to move money, in the order of precedence. */
final class TransferRules {

  private TransferRules() {}

  /**
   * Why an order cannot be carried out now; empty if it can.
   *
   * @param from the payer's account; null: it does not exist; the same for {@code to}
   * @param ofStatus why an account with this status is refused
   * @param fields what the request calls the accounts
   */
  static Optional<Refusal> refusal(
      TransferOrder order,
      @Nullable Account from,
      @Nullable Account to,
      Function<AccountStatus, Optional<ProblemCode>> ofStatus,
      AccountFields fields) {
    String payer = fields.from(order);
    String payee = fields.to(order);
    if (order.from().equals(order.to())) {
      return Refusal.because(
          ProblemCode.SAME_ACCOUNT,
          "Money must move between two different accounts, not from %s to %s."
              .formatted(payer, payee));
    }
    if (from == null || to == null) {
      return Refusal.because(
          ProblemCode.ACCOUNT_NOT_FOUND,
          "There is no account %s; open it first, or send the id of another one."
              .formatted(from == null ? payer : payee));
    }
    Optional<Refusal> shut = shut(from, payer, ofStatus).or(() -> shut(to, payee, ofStatus));
    if (shut.isPresent()) {
      return shut;
    }
    String currency = order.money().currency();
    if (!from.terms().currency().equals(currency) || !to.terms().currency().equals(currency)) {
      return Refusal.because(
          ProblemCode.CURRENCY_MISMATCH,
          "The amount is in %s, but the account %s is in %s and %s in %s; all must have one currency."
              .formatted(currency, payer, from.terms().currency(), payee, to.terms().currency()));
    }
    if (!from.canPay(order.money().amount())) {
      return Refusal.because(
          ProblemCode.INSUFFICIENT_FUNDS,
          "The account %s does not have enough available funds.".formatted(payer));
    }
    if (!from.fits(order.money().amount(), 0)) {
      return outOfRange(payer);
    }
    if (!to.fits(0, order.money().amount())) {
      return outOfRange(payee);
    }
    return Optional.empty();
  }

  private static Optional<Refusal> shut(
      Account account, String named, Function<AccountStatus, Optional<ProblemCode>> ofStatus) {
    return ofStatus
        .apply(account.status())
        .map(
            code ->
                new Refusal(
                    code,
                    "The account %s is %s, and takes no new payments or transfers."
                        .formatted(named, account.status().text())));
  }

  private static Optional<Refusal> outOfRange(String account) {
    return Refusal.because(
        ProblemCode.BALANCE_OUT_OF_RANGE,
        "With this amount, the balance of %1$s, holds included, would leave the range from -%2$d to %2$d minor units."
            .formatted(account, Money.MAX_AMOUNT));
  }
}
