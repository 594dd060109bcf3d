package io.quittance.fraud;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/**
 * The history of a payer at the instant of the decision.
 *
 * @param totals per window, the payment in question included
 * @param accountAge since the payer's account was opened
 */
public record PayerHistory(Map<Window, Totals> totals, Duration accountAge) {

  /** Payments in a window, and the sum of their amounts in minor units. */
  public record Totals(long count, BigInteger amount) {

    public static final Totals NONE = new Totals(0, BigInteger.ZERO);

    public Totals plus(long payments, long minorUnits) {
      return new Totals(count + payments, amount.add(BigInteger.valueOf(minorUnits)));
    }
  }

  Totals in(Window window) {
    return Objects.requireNonNull(totals.get(window), () -> "history lacks " + window);
  }
}
