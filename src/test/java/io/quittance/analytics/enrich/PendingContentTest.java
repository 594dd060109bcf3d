package io.quittance.analytics.enrich;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PendingContentTest {

  private static final long AMOUNT = 9_007_199_254_740_991L;

  @Test
  void isReadAsItWasWritten() {
    var groups =
        List.of(
            new PendingBatch.Group(
                "cart.paid",
                "EUR",
                1_800_000_000L,
                List.of(
                    new PendingBatch.Event(new UUID(5, 6), 1250, List.of()),
                    new PendingBatch.Event(new UUID(-5, -6), AMOUNT, List.of()))),
            new PendingBatch.Group(
                "view",
                null,
                0,
                List.of(
                    new PendingBatch.Event(
                        new UUID(7, 8),
                        0,
                        List.of(
                            new PendingBatch.Label("view", "plan", "ü"),
                            new PendingBatch.Label("other", "plan", "other"))))));

    assertThat(PendingContent.groups(PendingContent.bytes(groups))).isEqualTo(groups);
    assertThat(new PendingBatch(new UUID(1, 2), new UUID(3, 4), groups).size()).isEqualTo(3);
  }

  /** As releases stored it that did not keep labels. */
  @Test
  void isReadWithoutLabels() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.writeByte(1);
      out.writeInt(2);
      for (String currency : List.of("EUR", "")) {
        out.writeUTF("paid");
        out.writeUTF(currency);
        out.writeLong(1_800_000_000L);
        out.writeInt(1);
        out.writeLong(5);
        out.writeLong(6);
        out.writeLong(AMOUNT);
      }
    }

    var event = new PendingBatch.Event(new UUID(5, 6), AMOUNT, List.of());
    assertThat(PendingContent.groups(bytes.toByteArray()))
        .containsExactly(
            new PendingBatch.Group("paid", "EUR", 1_800_000_000L, List.of(event)),
            new PendingBatch.Group("paid", null, 1_800_000_000L, List.of(event)));
  }

  @Test
  void ofALaterReleaseIsRefused() {
    assertThatThrownBy(() -> PendingContent.groups(new byte[] {3}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("unknown form: 3");
  }
}
