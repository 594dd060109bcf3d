package io.quittance.ledger;

import io.quittance.money.Money;
import io.quittance.web.ProblemCode;
import java.util.List;
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
   */
  static Optional<Refusal> refusal(
      TransferOrder order,
      @Nullable Account from,
      @Nullable Account to,
      Function<AccountStatus, Optional<ProblemCode>> ofStatus) {
    if (order.from().equals(order.to())) {
      return Refusal.because(
          ProblemCode.SAME_ACCOUNT,
          "Money must move between two different accounts; both are %s.".formatted(order.from()));
    }
    if (from == null || to == null) {
      String missing = from == null ? order.from() : order.to();
      return Refusal.because(
          ProblemCode.ACCOUNT_NOT_FOUND, "There is no account %s.".formatted(missing));
    }
    for (Account account : List.of(from, to)) {
      Optional<ProblemCode> shut = ofStatus.apply(account.status());
      if (shut.isPresent()) {
        return Refusal.because(
            shut.get(),
            "The account %s is %s.".formatted(account.key().id(), account.status().text()));
      }
    }
    String currency = order.money().currency();
    if (!from.terms().currency().equals(currency) || !to.terms().currency().equals(currency)) {
      return Refusal.because(
          ProblemCode.CURRENCY_MISMATCH,
          "The amount is in %s, but the account %s is in %s and %s in %s."
              .formatted(
                  currency,
                  order.from(),
                  from.terms().currency(),
                  order.to(),
                  to.terms().currency()));
    }
    if (!from.canPay(order.money().amount())) {
      return Refusal.because(
          ProblemCode.INSUFFICIENT_FUNDS,
          "The account %s does not have enough available funds.".formatted(order.from()));
    }
    if (!from.fits(order.money().amount(), 0)) {
      return outOfRange(order.from());
    }
    if (!to.fits(0, order.money().amount())) {
      return outOfRange(order.to());
    }
    return Optional.empty();
  }

  private static Optional<Refusal> outOfRange(String account) {
    return Refusal.because(
        ProblemCode.BALANCE_OUT_OF_RANGE,
        "The balance of %1$s, holds included, would leave the range from -%2$d to %2$d minor units."
            .formatted(account, Money.MAX_AMOUNT));
  }
}
