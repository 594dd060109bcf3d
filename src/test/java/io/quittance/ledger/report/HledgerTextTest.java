package io.quittance.ledger.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HledgerTextTest {

  @ParameterizedTest
  @CsvSource({
    "1234, EUR, 12.34 EUR",
    "-5, EUR, -0.05 EUR",
    "1234, JPY, 1234 JPY",
    "1234, KWD, 1.234 KWD",
    "9007199254740991, EUR, 90071992547409.91 EUR",
    "7, XAU, 7 XAU"
  })
  void writesAmountsWithTheDecimalsOfTheirCurrency(long amount, String currency, String text) {
    assertThat(HledgerText.amount(amount, currency)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"EUR, 1000.00 EUR", "JPY, 1000. JPY", "KWD, 1000.000 KWD"})
  void showsInASampleWhereTheDecimalsAre(String currency, String text) {
    assertThat(HledgerText.sample(currency)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"alice, alice", "fees:card, fees:card", "a::b, a:~:b", "a:, a:~", "a::, a:~:~"})
  void keepsTheHierarchyOfAccountsAndNamesEmptyParts(String id, String name) {
    assertThat(HledgerText.account(id)).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Rechnung 42, Müller & Söhne", "(x) * ! = 1 EUR", "注文 7", "a  b", "\"q\" 'q'"})
  void leavesOrdinaryTextAlone(String text) {
    assertThat(HledgerText.description(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a;b",
        "a|b",
        "100%",
        "a\nb",
        "a\r\nb",
        "a\tb",
        " a",
        "a ",
        " ",
        "a\u0085b",
        "a\u2028b",
        "a\u2029b",
        "a\u00a0b",
        "a\u3000b",
        "a\u202eb",
        "a\u200bb",
        "a\ufeffb",
        "a\u000bb"
      })
  void encodesWhatCouldBreakOutOrDeceiveSoThatNothingIsLost(String text) {
    String description = HledgerText.description(text);

    assertThat(description).isNotEqualTo(text).doesNotContainPattern("[;|\\p{C}\\p{Z}&&[^ ]]");
    assertThat(description).doesNotStartWith(" ").doesNotEndWith(" ");
    assertThat(URLDecoder.decode(description, StandardCharsets.UTF_8)).isEqualTo(text);
  }

  @Test
  void survivesHalfACharacter() {
    assertThat(HledgerText.description("a\ud800b")).isEqualTo("a%3Fb");
  }
}
