package io.quittance.bench;

import java.util.UUID;

/** Ids as the service prints them (TypeID 0.3), written anew so that a fault there is seen here. */
final class TypeIds {

  private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
  private static final int LENGTH = 26;

  private TypeIds() {}

  static String payment(UUID id) {
    var number =
        new java.math.BigInteger(id.toString().replace("-", ""), 16); // 128 bits, five at a time
    var text = new StringBuilder();
    for (int i = LENGTH - 1; i >= 0; i--) {
      text.append(ALPHABET.charAt(number.shiftRight(5 * i).intValue() & 31));
    }
    return "pay_" + text;
  }
}
