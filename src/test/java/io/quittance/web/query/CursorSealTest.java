package io.quittance.web.query;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import org.junit.jupiter.api.Test;

class CursorSealTest {

  private static final String TEXT = "payments status=succeeded\n2026-01-31T12:00:00Z \ud842\udfb7";

  /** What release 1 handed out; whoever holds it goes on with the next one. */
  private static final String HANDED_OUT =
      "Aeo7gZsJi2gSs3ct7vSH4_YK-sS02sNLdRWkwT9AINNwkCClff3zXrjndJPp9YuNPi84gIcEilNcoRdJdlaOHtU5t60";

  @Test
  void opensWhatWasSealed() {
    assertThat(CursorSeal.open(CursorSeal.seal(TEXT))).contains(TEXT);
    assertThat(CursorSeal.open(CursorSeal.seal(""))).contains("");
  }

  @Test
  void opensWhatAnotherReplicaOrReleaseSealed() {
    assertThat(CursorSeal.open(HANDED_OUT)).contains(TEXT);
    assertThat(CursorSeal.seal(TEXT)).isEqualTo(HANDED_OUT);
  }

  @Test
  void showsNothingOfItsText() {
    byte[] bytes = Base64.getUrlDecoder().decode(CursorSeal.seal(TEXT));

    assertThat(new String(bytes, ISO_8859_1)).doesNotContain("payments", "status", "2026");
  }

  @Test
  void refusesEveryChange() {
    byte[] bytes = Base64.getUrlDecoder().decode(CursorSeal.seal(TEXT));

    for (int bit = 0; bit < bytes.length * 8; bit++) {
      byte[] changed = bytes.clone();
      changed[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThat(CursorSeal.open(base64(changed))).as("bit %d", bit).isEmpty();
    }
    for (int length = 0; length < bytes.length; length++) {
      assertThat(CursorSeal.open(base64(java.util.Arrays.copyOf(bytes, length)))).isEmpty();
    }
  }

  @Test
  void refusesWhatWasNeverSealed() {
    assertThat(CursorSeal.open("")).isEmpty();
    assertThat(CursorSeal.open("!!")).isEmpty();
    assertThat(CursorSeal.open(base64(TEXT.getBytes(ISO_8859_1)))).isEmpty();
    assertThat(CursorSeal.open(CursorSeal.seal(TEXT) + "=")).isEmpty();
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
