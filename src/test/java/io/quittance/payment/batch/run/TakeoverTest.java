package io.quittance.payment.batch.run;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.RETURNS_DEEP_STUBS;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.timeout;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.payment.batch.store.BatchLeases;
import io.quittance.payment.batch.store.BatchStore;
import io.quittance.payment.batch.store.StoredBatch;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TakeoverTest {

  private static final int ROOM = 4;
  private static final int PATIENCE_MS = 20_000;

  private final CountDownLatch going = new CountDownLatch(1);
  private final BatchLeases leases = mock(BatchLeases.class);
  private final ItemReconciliation reconciliation = mock(ItemReconciliation.class);
  private final BatchProperties properties = new BatchProperties(64, 4, ROOM);
  private final Takeover takeover =
      new Takeover(
          mock(BatchStore.class, RETURNS_DEEP_STUBS),
          leases,
          new RunningBatches(leases, properties),
          reconciliation,
          mock(BatchRunner.class),
          properties,
          new SimpleMeterRegistry());

  @AfterEach
  void close() {
    going.countDown();
    takeover.close();
  }

  /** Two who keep sending would else take every place that becomes free before the others. */
  @Test
  void letsABatchWaitItsTurnOnceLittleRoomIsLeft() throws InterruptedException {
    doAnswer(
            _ -> {
              going.await();
              return null;
            })
        .when(reconciliation)
        .reconcile(any());

    for (int i = 0; i <= ROOM / 2; i++) {
      StoredBatch early = batch();
      takeover.handOver(early);
      verify(reconciliation, timeout(PATIENCE_MS)).reconcile(early);
    }
    verify(leases, never()).release(any(), any());
    StoredBatch late = batch();
    takeover.handOver(late);

    verify(leases).release(late, Duration.ZERO);
  }

  private static StoredBatch batch() {
    StoredBatch batch = mock(StoredBatch.class, RETURNS_DEEP_STUBS);
    when(batch.merchantId()).thenReturn(UUID.randomUUID());
    when(batch.id()).thenReturn(UUID.randomUUID());
    return batch;
  }
}
