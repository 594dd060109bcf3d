package io.quittance.analytics.enrich;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PendingBatchTest {

  @Test
  void isReadAsItWasStored() {
    var batch =
        new PendingBatch(
            new UUID(1, 2),
            new UUID(3, 4),
            List.of(
                new PendingBatch.Group(
                    "cart.paid",
                    "EUR",
                    1_800_000_000L,
                    List.of(
                        new PendingBatch.Event(new UUID(5, 6), 1250),
                        new PendingBatch.Event(new UUID(-5, -6), 9_007_199_254_740_991L))),
                new PendingBatch.Group(
                    "view", null, 0, List.of(new PendingBatch.Event(new UUID(7, 8), 0)))));

    assertThat(PendingBatch.of(batch.merchantId(), batch.id(), batch.content())).isEqualTo(batch);
    assertThat(batch.size()).isEqualTo(3);
  }
}
