package io.quittance.money;

import java.util.Currency;
import java.util.Set;
import java.util.stream.Collectors;

/** Facts about ISO 4217, from the JDK's tables. */
public final class Currencies {

  private static final Set<String> CODES =
      Currency.getAvailableCurrencies().stream()
          .map(Currency::getCurrencyCode)
          .collect(Collectors.toUnmodifiableSet());

  private Currencies() {}

  /** Whether this is an ISO 4217 alphabetic code, in upper case. */
  public static boolean isCode(String text) {
    return CODES.contains(text);
  }
}
