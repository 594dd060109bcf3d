package io.quittance.ledger;

import io.quittance.money.Currencies;
import io.quittance.money.CurrencyCode;
import io.quittance.web.InputError.Code;
import io.quittance.web.InvalidInputException;

/** Checks currency codes in query parameters. */
public final class CurrencyText {

  private CurrencyText() {}

  /**
   * Returns the text itself.
   *
   * @throws InvalidInputException it is not a code of ISO 4217
   */
  public static String parse(String text) {
    if (!Currencies.isCode(text)) {
      throw new InvalidInputException(Code.NOT_ONE_OF, CurrencyCode.RULE);
    }
    return text;
  }
}
