package io.quittance.money;

/**
 * A positive amount of one currency.
 *
 * @param amount minor units, 1 to {@link #MAX_AMOUNT}
 * @param currency an ISO 4217 alphabetic code
 */
public record Money(long amount, String currency) {

  /** 2<sup>53</sup> − 1: every JSON reader keeps it exactly (RFC 8259, section 6). */
  public static final long MAX_AMOUNT = 9_007_199_254_740_991L;

  public Money {
    if (amount < 1 || amount > MAX_AMOUNT) {
      throw new IllegalArgumentException("amount must be 1 to " + MAX_AMOUNT + ", not " + amount);
    }
    if (!Currencies.isCode(currency)) {
      throw new IllegalArgumentException("not an ISO 4217 code: " + currency);
    }
  }
}
