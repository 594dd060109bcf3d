package io.quittance.analytics.event;

/** Properties of the characters of a text, found in one pass over them. Not thread-safe. */
final class Characters {

  private static final int CARD_DIGITS_MIN = 13;

  private int codePoints;
  private int digits;
  private boolean whole;

  /** Examines a text. */
  void read(char[] text, int offset, int length) {
    codePoints = length;
    digits = 0;
    whole = true;
    for (int i = offset; i < offset + length; i++) {
      char c = text[i];
      if (c >= '0' && c <= '9') {
        digits++;
      } else if (c == 0) {
        whole = false;
      } else if (Character.isSurrogate(c)) {
        boolean pair =
            Character.isHighSurrogate(c)
                && i + 1 < offset + length
                && Character.isLowSurrogate(text[i + 1]);
        whole &= pair;
        codePoints -= pair ? 1 : 0;
        i += pair ? 1 : 0;
      }
    }
  }

  /** The length in Unicode code points. */
  int codePoints() {
    return codePoints;
  }

  /** Whether there are no NULs and no unpaired surrogates. */
  boolean whole() {
    return whole;
  }

  /** Whether there are enough digits for a card number. */
  boolean mayHoldCard() {
    return digits >= CARD_DIGITS_MIN;
  }
}
