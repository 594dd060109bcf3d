package io.quittance.payment.batch.run;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.concurrency.FanOut;
import io.quittance.concurrency.FanOut.Result;
import io.quittance.concurrency.FanOutRun;
import io.quittance.payment.batch.item.BatchItem;
import io.quittance.payment.batch.item.ItemPayments;
import io.quittance.payment.batch.item.ItemResult;
import io.quittance.payment.batch.item.ItemStatus;
import io.quittance.payment.batch.run.Slices.Slice;
import io.quittance.payment.batch.store.BatchProgress;
import io.quittance.payment.batch.store.BatchProgress.Change;
import io.quittance.payment.batch.store.FailurePolicy;
import io.quittance.payment.batch.store.LeaseLostException;
import io.quittance.payment.batch.store.StoredBatch;
import io.quittance.payment.batch.store.StoredItems;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * One run of a batch: carries out the items that are not started. Items are started slice by slice,
 * and a slice is marked as under way in the database before any of its items starts. So after a
 * crash only the items of marked slices are in doubt. Results are written as they arrive, by the
 * thread that runs this; the items themselves run no JDBC.
 *
 * <p>It is long because starting items and writing results are one loop on one thread: neither may
 * wait for the other.
 */
final class BatchRun {

  private static final Logger log = LoggerFactory.getLogger(BatchRun.class);

  /** How old the progress that a reader sees may be. */
  private static final Duration WRITE_INTERVAL = Duration.ofMillis(250);

  /** How long after its deadline a payment may take to return its result. */
  private static final Duration SLACK = Duration.ofMillis(250);

  private final StoredBatch batch;
  private final List<Integer> todo;
  private final int parallelism;
  private final ItemGate gate;
  private final ItemPayments payments;
  private final StoredItems items;
  private final BatchProgress progress;
  private final Slices slices;
  private final List<Change> unwritten = new ArrayList<>();
  private final WriteRetries retries;
  private final FanOutRun<Integer, ItemResult> fanOut;

  private int told;
  private Deadline nextWrite = Deadline.after(WRITE_INTERVAL);
  private Deadline nextRetry = Deadline.after(Duration.ZERO);
  private Deadline writeLimit = nextWrite;
  private volatile boolean stopped;

  /** Whether an item was unsuccessful and the batch stops on failure. */
  private volatile boolean failed;

  /**
   * @param todo the positions of the items to start, ascending
   */
  BatchRun(
      StoredBatch batch,
      List<Integer> todo,
      int parallelism,
      FanOut fanOut,
      ItemGate gate,
      ItemPayments payments,
      StoredItems items,
      BatchProgress progress) {
    this.batch = batch;
    this.todo = todo;
    this.parallelism = parallelism;
    this.gate = gate;
    this.payments = payments;
    this.items = items;
    this.progress = progress;
    this.retries = new WriteRetries(batch);
    this.slices = new Slices(todo);
    this.fanOut =
        fanOut
            .over("batch", places(), parallelism, this::carryOut)
            .grace(payments.grace().plus(SLACK))
            .stopWhen(this::stops)
            .onResult(this::note);
  }

  private List<Integer> places() {
    return IntStream.range(0, todo.size()).boxed().toList();
  }

  /** Starts no more items. Those under way go on; no thread waits for a slice any more. */
  void stop() {
    stopped = true;
    slices.close();
    fanOut.stop();
  }

  /**
   * Runs until every item has ended or can no longer start, and all results are written.
   *
   * @param deadline no item starts after it
   * @throws LeaseLostException another replica runs the batch now
   */
  void run(Deadline deadline) throws InterruptedException {
    writeLimit = deadline;
    openWhatMayBegin();
    fanOut.run(deadline);
    writeLimit = Deadline.after(payments.grace());
    var _ = written(() -> write(null));
  }

  private ItemResult carryOut(Integer place, Deadline deadline) throws InterruptedException {
    @Nullable BatchItem item;
    try {
      item = slices.await(place, deadline);
    } catch (DeadlineExceededException e) {
      return ItemResult.NOT_STARTED;
    }
    if (stopped || !gate.enter(batch.merchantId(), deadline)) {
      return ItemResult.NOT_STARTED;
    }
    try (var _ = gate.place(batch.merchantId())) {
      return item == null || stopped || deadline.expired()
          ? ItemResult.NOT_STARTED
          : payments.pay(item, deadline);
    }
  }

  private boolean stops(Result<ItemResult> result) {
    boolean stop = batch.asked().onFailure() == FailurePolicy.STOP && !endedWell(result);
    if (stop) {
      failed = true;
      stop();
    }
    return stop;
  }

  /**
   * Whether nothing starts any more; what is not started then does not stop what comes after it.
   */
  private boolean startsNothing() {
    return stopped || writeLimit.expired();
  }

  private boolean endedWell(Result<ItemResult> result) {
    return result instanceof Result.Done<ItemResult>(ItemResult end)
        && (end.status().successful()
            || (end.status() == ItemStatus.NOT_STARTED && startsNothing()));
  }

  private void note(int place, Result<ItemResult> result) throws InterruptedException {
    told++;
    if (slices.isOpen(place)) {
      noteEnd(todo.get(place), end(place, result));
    } else if (!stopped) {
      // Its slice did not open before the deadline or an interrupt.
      stop();
    }
    if (neededSlice() != null) {
      openWhatMayBegin();
    } else if (nextRetry.expired()
        && (unwritten.size() >= 2 * Slices.SIZE || nextWrite.expired())) {
      tryToWrite();
    }
  }

  private ItemResult end(int place, Result<ItemResult> result) {
    return switch (result) {
      case Result.Done<ItemResult>(ItemResult end) -> end;
      case Result.NotBegun<ItemResult> _ -> ItemResult.NOT_STARTED;
      case Result.Failed<ItemResult>(Throwable error) -> {
        log.error("Item {} of batch {} failed unexpectedly", todo.get(place), batch.text(), error);
        yield ItemResult.UNKNOWN;
      }
      case Result.Cut<ItemResult> _ -> ItemResult.UNKNOWN;
    };
  }

  private void noteEnd(int position, ItemResult end) {
    if (end.status() != ItemStatus.PROCESSING) {
      unwritten.add(new Change(position, ItemStatus.PROCESSING, end));
    }
  }

  /**
   * The next slice, if the next items to start need it; null: not yet, or never. No slice opens
   * after the deadline, because its items could not start any more.
   */
  private @Nullable Slice neededSlice() {
    Slice next = slices.next();
    boolean needed =
        next != null
            && !stopped
            && !writeLimit.expired()
            && (next.number() == 0 || told > 0)
            && next.firstPlace()
                < told + gate.width(batch.merchantId(), parallelism) + Slices.SIZE / 2;
    return needed ? next : null;
  }

  /**
   * A slice counts as open from the first attempt to mark it, because that may have been committed
   * without an answer. Its items are written back then; for items that are not marked, that changes
   * nothing.
   */
  private void openWhatMayBegin() throws InterruptedException {
    boolean open = true;
    while (open) {
      Slice next = neededSlice();
      if (next == null) {
        return;
      }
      slices.begin(next);
      open = written(() -> open(next));
    }
  }

  private void open(Slice slice) {
    write(slice);
    slices.open(slice, items.begun(batch, slice.firstPosition(), slice.lastPosition()));
  }

  private void tryToWrite() {
    try {
      write(null);
    } catch (DataAccessException | TransactionException e) {
      nextRetry = Deadline.after(retries.after(e));
    }
  }

  /** Tries until the write succeeds or the time is up; returns whether it succeeded. */
  private boolean written(Runnable write) throws InterruptedException {
    while (true) {
      try {
        write.run();
        return true;
      } catch (DataAccessException | TransactionException e) {
        Duration pause = retries.after(e);
        if (writeLimit.expired() || stopped) {
          return false;
        }
        Thread.sleep(writeLimit.within(pause).remaining());
      }
    }
  }

  /**
   * @param next the items that are under way from now on; null: none
   */
  private void write(@Nullable Slice next) {
    int[] begun = next == null ? null : new int[] {next.firstPosition(), next.lastPosition()};
    try {
      progress.record(batch, unwritten, begun, !failed);
    } catch (LeaseLostException e) {
      stop();
      throw e;
    }
    unwritten.clear();
    retries.succeeded();
    nextWrite = Deadline.after(WRITE_INTERVAL);
  }
}
