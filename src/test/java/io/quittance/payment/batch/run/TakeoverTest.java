package io.quittance.payment.batch.run;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.eq;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
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

  /** Each of two merchants has more batches that cannot be ended than there are workers. */
  @Test
  void endsAMerchantsBatchBesideThoseOfOthersThatHang() throws InterruptedException {
    List<StoredBatch> hanging = new ArrayList<>();
    for (UUID merchant : List.of(UUID.randomUUID(), UUID.randomUUID())) {
      for (int i = 0; i < 5; i++) {
        hanging.add(batch(merchant));
      }
    }
    StoredBatch other = batch();
    var all = new ArrayList<>(hanging);
    all.add(other);
    when(leases.abandoned(eq(false), any(), anyInt())).thenReturn(all);
    when(leases.take(any())).thenAnswer(call -> Optional.of(call.getArgument(0)));
    doAnswer(
            call -> {
              if (hanging.contains(call.<StoredBatch>getArgument(0))) {
                going.await();
              }
              return null;
            })
        .when(reconciliation)
        .reconcile(any());

    takeover.lookForAbandoned();

    verify(reconciliation, timeout(PATIENCE_MS)).reconcile(other);
  }

  /** Each of two merchants has more batches than there are workers. */
  @Test
  void carriesOnAMerchantsBatchBesideThoseOfTwoOthersThatHang() throws InterruptedException {
    List<StoredBatch> hanging = new ArrayList<>();
    for (UUID merchant : List.of(UUID.randomUUID(), UUID.randomUUID())) {
      for (int i = 0; i < ROOM; i++) {
        hanging.add(batch(merchant));
      }
    }
    StoredBatch other = batch();
    var all = new ArrayList<>(hanging);
    all.add(other);
    when(leases.abandoned(eq(true), any(), anyInt())).thenReturn(all);
    when(leases.take(any())).thenAnswer(call -> Optional.of(call.getArgument(0)));
    doAnswer(
            call -> {
              if (hanging.contains(call.<StoredBatch>getArgument(0))) {
                going.await();
              }
              return null;
            })
        .when(reconciliation)
        .reconcile(any());

    takeover.lookForAbandoned();

    verify(reconciliation, timeout(PATIENCE_MS)).reconcile(other);
  }

  /** A replica that was killed may leave thousands of one merchant. */
  @Test
  void endsManyBatchesOfOneMerchantAfterOneSearch() throws InterruptedException {
    UUID merchant = UUID.randomUUID();
    List<StoredBatch> abandoned = Stream.generate(() -> batch(merchant)).limit(5).toList();
    when(leases.abandoned(eq(false), any(), anyInt())).thenReturn(abandoned);
    when(leases.take(any())).thenAnswer(call -> Optional.of(call.getArgument(0)));

    takeover.lookForAbandoned();

    for (StoredBatch batch : abandoned) {
      verify(reconciliation, timeout(PATIENCE_MS)).reconcile(batch);
    }
  }

  /** It has abandoned more than a search returns, and ends them faster than the next one comes. */
  @Test
  void findsBatchesOfOthersBehindThoseOfAMerchantThatHasAbandonedMany()
      throws InterruptedException {
    UUID merchant = UUID.randomUUID();
    List<StoredBatch> many = Stream.generate(() -> batch(merchant)).limit(200).toList();
    StoredBatch other = batch();
    when(leases.abandoned(eq(false), any(), anyInt()))
        .thenAnswer(
            call -> call.<Set<UUID>>getArgument(1).contains(merchant) ? List.of(other) : many);
    when(leases.take(any())).thenAnswer(call -> Optional.of(call.getArgument(0)));

    takeover.lookForAbandoned();

    verify(reconciliation, timeout(PATIENCE_MS)).reconcile(other);
  }

  private static StoredBatch batch() {
    return batch(UUID.randomUUID());
  }

  private static StoredBatch batch(UUID merchantId) {
    StoredBatch batch = mock(StoredBatch.class, RETURNS_DEEP_STUBS);
    when(batch.merchantId()).thenReturn(merchantId);
    when(batch.id()).thenReturn(UUID.randomUUID());
    return batch;
  }
}
