package io.quittance.analytics.event;

import io.quittance.money.Currencies;
import org.jspecify.annotations.Nullable;

/**
 * Finds currency codes by their characters, without a new string each time. Thread-safe: threads
 * that find the same code at the same time may both create it.
 */
final class CurrencyCodes {

  private static final int LENGTH = 3;
  private static final int LETTERS = 26;

  /** Stands for characters that are no code. */
  private static final String NONE = "";

  private static final @Nullable String[] KNOWN = new String[LETTERS * LETTERS * LETTERS];

  private CurrencyCodes() {}

  /** The currency code that these characters spell; null: none. */
  static @Nullable String of(char[] text, int offset, int length) {
    if (length != LENGTH) {
      return null;
    }
    int number = 0;
    for (int i = offset; i < offset + length; i++) {
      if (text[i] < 'A' || text[i] > 'Z') {
        return null;
      }
      number = LETTERS * number + text[i] - 'A';
    }
    String known = KNOWN[number];
    if (known == null) {
      String code = new String(text, offset, length);
      known = Currencies.isCode(code) ? code : NONE;
      KNOWN[number] = known;
    }
    return known.isEmpty() ? null : known;
  }
}
