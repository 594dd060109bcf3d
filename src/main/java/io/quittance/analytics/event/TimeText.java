package io.quittance.analytics.event;

/**
 * Reads RFC 3339 times, with any offset, from characters. It accepts what {@link
 * io.quittance.web.Rfc3339} accepts, and creates no objects. Not thread-safe.
 *
 * <p>Why not java.time: its parser creates objects for each text, and bodies have 10 000 events.
 */
final class TimeText {

  /** Stands for text that is not a time. */
  static final long NONE = Long.MIN_VALUE;

  private static final int DATE_AND_TIME_LENGTH = 19;
  private static final int FRACTION_DIGITS_MAX = 9;
  private static final int OFFSET_HOURS_MAX = 18;
  private static final long YEAR_1 = -62_135_596_800L;
  private static final long YEAR_10000 = 253_402_300_800L;

  private char[] text = {};
  private int end;
  private int at;
  private boolean broken;

  /** The second in which a time lies, since 1970; or {@link #NONE}. */
  long epochSecond(char[] characters, int start, int length) {
    if (length <= DATE_AND_TIME_LENGTH) {
      return NONE;
    }
    text = characters;
    at = start;
    end = start + length;
    broken = false;
    long second = read();
    return broken || second < YEAR_1 || second >= YEAR_10000 ? NONE : second;
  }

  private long read() {
    int year = number(4, 0, 9999);
    expect('-');
    int month = number(2, 1, 12);
    expect('-');
    int day = number(2, 1, 31);
    expectLetter('T');
    int hour = number(2, 0, 23);
    expect(':');
    int minute = number(2, 0, 59);
    expect(':');
    int second = number(2, 0, 59);
    fraction();
    long offset = offset();
    broken |= at != end || day > daysIn(year, month);
    return 86_400 * days(year, month, day) + 3_600L * hour + 60L * minute + second - offset;
  }

  private void fraction() {
    if (at < end && text[at] == '.') {
      int first = ++at;
      while (at < end && digit(text[at])) {
        at++;
      }
      broken |= at == first || at - first > FRACTION_DIGITS_MAX;
    }
  }

  private long offset() {
    if (at >= end) {
      broken = true;
      return 0;
    }
    char sign = text[at++];
    if (sign == 'Z' || sign == 'z') {
      return 0;
    }
    broken |= sign != '+' && sign != '-';
    int hours = number(2, 0, OFFSET_HOURS_MAX);
    expect(':');
    int minutes = number(2, 0, hours == OFFSET_HOURS_MAX ? 0 : 59);
    long seconds = 3_600L * hours + 60L * minutes;
    return sign == '-' ? -seconds : seconds;
  }

  private int number(int digits, int min, int max) {
    int value = 0;
    for (int i = 0; i < digits; i++) {
      if (at >= end || !digit(text[at])) {
        broken = true;
        return min;
      }
      value = 10 * value + text[at++] - '0';
    }
    broken |= value < min || value > max;
    return value;
  }

  private static boolean digit(char c) {
    return c >= '0' && c <= '9';
  }

  private void expect(char c) {
    broken |= at >= end || text[at++] != c;
  }

  private void expectLetter(char c) {
    broken |= at >= end || Character.toUpperCase(text[at++]) != c;
  }

  private static int daysIn(int year, int month) {
    return switch (month) {
      case 2 -> year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
      case 4, 6, 9, 11 -> 30;
      default -> 31;
    };
  }

  /** Days from 1970-01-01, in a calendar whose years begin in March (Hinnant's algorithm). */
  private static long days(int year, int month, int day) {
    int marchYear = month <= 2 ? year - 1 : year;
    int era = Math.floorDiv(marchYear, 400);
    int yearOfEra = marchYear - era * 400;
    int dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
    return era * 146_097L + dayOfEra - 719_468;
  }
}
