package io.quittance.payment.batch.run;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyBoolean;
import static org.mockito.Mockito.RETURNS_DEEP_STUBS;
import static org.mockito.Mockito.atMost;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.quittance.journal.Journal;
import io.quittance.payment.batch.item.ItemQueries;
import io.quittance.payment.batch.item.ItemStatus;
import io.quittance.payment.batch.store.BatchProgress;
import io.quittance.payment.batch.store.StoredBatch;
import io.quittance.payment.batch.store.StoredItems;
import io.quittance.payment.batch.store.StoredItems.Open;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.dao.CannotAcquireLockException;

class ItemReconciliationTest {

  private final Journal journal = mock(Journal.class);
  private final StoredItems items = mock(StoredItems.class);
  private final BatchProgress progress = mock(BatchProgress.class);
  private final StoredBatch batch = mock(StoredBatch.class, RETURNS_DEEP_STUBS);
  private final ItemReconciliation reconciliation =
      new ItemReconciliation(journal, mock(ItemQueries.class), items, progress);

  /** The job that renews leases locks the row now and then. */
  @Test
  void writesWhatItFoundOutOnceTheRowIsFree() throws InterruptedException {
    when(items.open(batch)).thenReturn(List.of(new Open(0, "a", ItemStatus.PROCESSING, 0)));
    when(journal.submitWhenRoom(any(), any()))
        .thenReturn(CompletableFuture.completedFuture(Optional.of(Map.of())));
    doThrow(new CannotAcquireLockException("locked"))
        .doThrow(new CannotAcquireLockException("locked"))
        .doNothing()
        .when(progress)
        .record(any(), any(), any(), anyBoolean());

    reconciliation.reconcile(batch);

    verify(progress, times(3)).record(any(), any(), any(), anyBoolean());
  }

  /** Others' batches wait for the worker. */
  @Test
  void leavesABatchWhoseItemsStayLockedForLater() throws InterruptedException {
    when(items.open(batch)).thenReturn(List.of(new Open(0, "a", ItemStatus.PROCESSING, 0)));
    when(journal.submitWhenRoom(any(), any()))
        .thenReturn(CompletableFuture.completedFuture(Optional.of(Map.of())));
    doThrow(new CannotAcquireLockException("locked"))
        .when(progress)
        .record(any(), any(), any(), anyBoolean());

    assertThatThrownBy(() -> reconciliation.reconcile(batch))
        .isInstanceOf(CannotAcquireLockException.class);

    // Pauses double from 50 ms: there is time for these within a second, and not for more.
    verify(progress, atMost(7)).record(any(), any(), any(), anyBoolean());
  }
}
