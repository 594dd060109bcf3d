package io.quittance.ledger.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.quittance.money.Currencies;
import java.math.BigDecimal;
import java.util.HexFormat;

/** Escapes texts for an hledger journal, so that nothing from a merchant can break its syntax. */
final class HledgerText {

  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private HledgerText() {}

  /**
   * An account id as an account name. Colons make a hierarchy, as in hledger. An empty part, which
   * hledger does not allow, becomes {@code ~}.
   */
  static String account(String id) {
    StringBuilder name = new StringBuilder();
    for (String part : id.split(":", -1)) {
      name.append(name.isEmpty() ? "" : ":").append(part.isEmpty() ? "~" : part);
    }
    return name.toString();
  }

  /** An amount of minor units with all decimals of its currency. */
  static String amount(long minorUnits, String currency) {
    return BigDecimal.valueOf(minorUnits, Currencies.decimals(currency)).toPlainString()
        + " "
        + currency;
  }

  /** A declaration's sample amount, which defines the decimals: {@code 1000.00 EUR}. */
  static String sample(String currency) {
    return "1000." + "0".repeat(Currencies.decimals(currency)) + " " + currency;
  }

  /**
   * Free text as a description. Characters that could end it, be invisible or reorder the line are
   * percent-encoded (RFC 3986), so that nothing is lost.
   */
  static String description(String text) {
    var safe = new StringBuilder(text.length());
    int[] points = text.codePoints().toArray();
    for (int i = 0; i < points.length; i++) {
      boolean edge = i == 0 || i == points.length - 1;
      if (plain(points[i]) && !(edge && points[i] == ' ')) {
        safe.appendCodePoint(points[i]);
      } else {
        for (byte unit : Character.toString(points[i]).getBytes(UTF_8)) {
          safe.append('%').append(HEX.toHexDigits(unit));
        }
      }
    }
    return safe.toString();
  }

  private static boolean plain(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> point == ' ';
      default -> point != ';' && point != '|' && point != '%';
    };
  }
}
