package io.quittance.analytics.event;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextHashTest {

  /** Of the reference implementation: bytes that count up, under the key 00 to 0f. */
  @ParameterizedTest
  @CsvSource({
    "0, 726fdb47dd0e0e31",
    "2, 0d6c8009d9a94f5a",
    "4, cf2794e0277187b7",
    "6, cbc9466e58fee3ce",
    "8, 93f5f5799a932462"
  })
  void isSipHash24(int bytes, String expected) {
    var text = new char[bytes / 2];
    for (int i = 0; i < text.length; i++) {
      text[i] = (char) (2 * i | (2 * i + 1) << 8);
    }

    long hash = new TextHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L).of(text, 0, text.length);

    assertThat(Long.toHexString(hash))
        .isEqualTo(Long.toHexString(Long.parseUnsignedLong(expected, 16)));
  }
}
