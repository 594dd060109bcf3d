package io.quittance.money;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Currency;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CurrenciesTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "EUR", "USD", "JPY", "KWD", "UYW", "UYI", "CLF", "SLE", "VED", "VES", "ZWG", "XCG"
      })
  void takesActiveCodes(String code) {
    assertThat(Currencies.isActive(code)).isTrue();
    assertThat(Currencies.isCode(code)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"XAU", "XAG", "XPT", "XPD", "XDR", "CHE", "USN", "XAD"})
  void takesFundsAndMetals(String code) {
    assertThat(Currencies.isActive(code)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"DEM", "HRK", "BGN", "ANG", "CUC", "SLL", "ZWL", "BYR", "MRO", "XTS", "XXX"})
  void knowsWithdrawnAndTestCodesButDoesNotTakeThem(String code) {
    assertThat(Currencies.isActive(code)).isFalse();
    assertThat(Currencies.isCode(code)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "eur", "EURO", "ZZZ", "BTC", "EUR "})
  void knowsNothingElse(String text) {
    assertThat(Currencies.isActive(text)).isFalse();
    assertThat(Currencies.isCode(text)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"EUR, 2", "JPY, 0", "KWD, 3", "UYW, 4", "CLF, 4", "XAU, 0", "DEM, 2"})
  void knowsTheirDecimals(String code, int decimals) {
    assertThat(Currencies.decimals(code)).isEqualTo(decimals);
  }

  /** Accounts were opened in any of them before there was a table. */
  @Test
  void knowsEveryCodeThatThePlatformKnewAndItsDecimals() {
    assertThat(Currency.getAvailableCurrencies())
        .allSatisfy(
            currency ->
                assertThat(Currencies.decimals(currency.getCurrencyCode()))
                    .isEqualTo(Math.max(0, currency.getDefaultFractionDigits())));
  }
}
