package io.quittance.web.log;

import java.util.regex.Pattern;

/**
 * Finds what looks like the number of a payment card: 13 to 19 digits, one space or dash between
 * groups allowed, that begin as a card scheme's do and pass the Luhn check (ISO/IEC 7812-1).
 *
 * <p>Why ours: libraries judge a text that is one number; this finds numbers inside longer texts.
 */
public final class CardNumbers {

  /** The message of an error about a field that contains one. */
  public static final String RULE = "must not contain what looks like a card number";

  private static final int DIGITS_MIN = 13;
  private static final int DIGITS_MAX = 19;

  /** Digests and UUIDs contain runs of digits by chance. */
  private static final Pattern HEX_WORD =
      Pattern.compile(
          "(?<![0-9A-Za-z])(?:[0-9a-fA-F]{32,}"
              + "|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})(?![0-9A-Za-z])");

  private CardNumbers() {}

  public static boolean in(String text) {
    return !masked(text).equals(text);
  }

  /** The text with every digit of such numbers but the last four replaced. */
  static String masked(String text) {
    if (!mayHold(text)) {
      return text;
    }
    StringBuilder result = new StringBuilder(text);
    String searched = withoutHexWords(text);
    int at = 0;
    while (at < searched.length()) {
      int end = isDigit(searched, at) ? longestNumberAt(searched, at) : -1;
      if (end > 0) {
        mask(result, at, end);
        at = end;
      } else {
        at = nextGroup(searched, at);
      }
    }
    return result.toString();
  }

  private static boolean mayHold(String text) {
    int digits = 0;
    for (int i = 0; i < text.length() && digits < DIGITS_MIN; i++) {
      digits += isDigit(text, i) ? 1 : 0;
    }
    return digits == DIGITS_MIN;
  }

  private static String withoutHexWords(String text) {
    return HEX_WORD
        .matcher(text)
        .replaceAll(
            word ->
                word.group().chars().anyMatch(Character::isLetter)
                    ? "x".repeat(word.end() - word.start())
                    : word.group());
  }

  /**
   * Where the longest card number ends that begins here and fills whole groups of digits; or -1.
   */
  private static int longestNumberAt(String text, int start) {
    var digits = new StringBuilder();
    int found = -1;
    int at = start;
    while (at < text.length() && digits.length() <= DIGITS_MAX) {
      if (isDigit(text, at)) {
        digits.append((char) ('0' + Character.digit(text.charAt(at), 10)));
        at++;
        if (!isDigit(text, at) && isCard(digits)) {
          found = at;
        }
      } else if (isSeparator(text.charAt(at)) && isDigit(text, at + 1)) {
        at++;
      } else {
        break;
      }
    }
    return found;
  }

  /** The next place where a group of digits can begin. */
  private static int nextGroup(String text, int at) {
    int next = at;
    while (isDigit(text, next)) {
      next++;
    }
    while (next < text.length() && !isDigit(text, next)) {
      next++;
    }
    return next;
  }

  private static boolean isCard(CharSequence digits) {
    return digits.length() >= DIGITS_MIN
        && digits.length() <= DIGITS_MAX
        && hasScheme(digits)
        && passesLuhn(digits);
  }

  /**
   * 3 to 6, and Mastercard's 2221 to 2720: nothing else is issued, while clocks and dates abound.
   */
  private static boolean hasScheme(CharSequence digits) {
    int first = digits.charAt(0) - '0';
    if (first == 2) {
      int prefix = Integer.parseInt(digits, 0, 4, 10);
      return prefix >= 2221 && prefix <= 2720;
    }
    return first >= 3 && first <= 6;
  }

  private static boolean passesLuhn(CharSequence digits) {
    int sum = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(digits.length() - 1 - i) - '0';
      int weighted = i % 2 == 0 ? digit : 2 * digit;
      sum += weighted > 9 ? weighted - 9 : weighted;
    }
    return sum % 10 == 0;
  }

  private static void mask(StringBuilder text, int start, int end) {
    int kept = 4;
    for (int i = end - 1; i >= start; i--) {
      if (Character.isDigit(text.charAt(i)) && kept-- <= 0) {
        text.setCharAt(i, '*');
      }
    }
  }

  private static boolean isDigit(String text, int at) {
    return at < text.length() && Character.isDigit(text.charAt(at));
  }

  private static boolean isSeparator(char c) {
    return c == '-' || Character.isSpaceChar(c) || (c >= '\u2010' && c <= '\u2015');
  }
}
