package io.quittance.web.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Schemes' published test numbers are found, however written; what merchants number is not. */
class CardNumbersTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "4111111111111111",
        "4222222222222",
        "378282246310005",
        "30569309025904",
        "5555555555554444",
        "2223003122003222",
        "6011111111111117",
        "3530111333300000",
        "6304000000000000000",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4111\u00a01111\u20111111 1111",
        "3782 822463 10005",
        "order 12 4111 1111 1111 1111 of 2026",
        "card:4111111111111111.",
        "PAN4111111111111111x",
        "\uff14111111111111111"
      })
  void findsCardNumbers(String text) {
    assertThat(CardNumbers.in(text)).isTrue();
    assertThat(CardNumbers.masked(text)).doesNotContain("1111 1111 1111", "411111");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "4111111111111112",
        "411111111111",
        "41111111111111111111111",
        "1764000000000",
        "1764000000000000",
        "20261124083000",
        "9999999999999995",
        "4111  1111  1111  1111",
        "4111/1111/1111/1111",
        "order-7 2026-11-24T08:33:18.123Z",
        "0a4111111111111111bcdef012345678",
        "4111111111111111" + "a0000000000000000000000000000000"
      })
  void leavesOtherNumbersAlone(String text) {
    assertThat(CardNumbers.in(text)).isFalse();
    assertThat(CardNumbers.masked(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"4111111111111111", "a 4111111111111111 b 4111111111111111"})
  void keepsTheLastFourDigits(String text) {
    assertThat(CardNumbers.masked(text)).isEqualTo(text.replace("411111111111", "************"));
  }
}
