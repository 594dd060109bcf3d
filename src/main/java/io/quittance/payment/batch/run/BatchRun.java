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
import io.quittance.payment.batch.store.BatchProgress;
import io.quittance.payment.batch.store.BatchProgress.Change;
import io.quittance.payment.batch.store.FailurePolicy;
import io.quittance.payment.batch.store.LeaseLostException;
import io.quittance.payment.batch.store.StoredBatch;
import io.quittance.payment.batch.store.StoredItems;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Carries out the items of a batch that can be begun, once. Items are handed out slice by slice:
 * the database knows that a slice is under way before any item of it begins, so that a crash leaves
 * no doubt about the others. What became of items is written as it comes, on the thread that runs
 * this; the items themselves run no JDBC.
 *
 * <p>It is long because handing out and writing down are one loop on one thread: neither may wait
 * for the other.
 */
final class BatchRun {

  private static final Logger log = LoggerFactory.getLogger(BatchRun.class);

  /**
   * A crash leaves items of a slice that were not begun looking as if they were: few, for those of
   * a batch that its caller waited for have failed.
   */
  private static final int SLICE = 25;

  /**
   * As many items find out how the service does before others begin: on one that is cold, or whose
   * screening hangs, they would run out of time all at once.
   */
  private static final int FIRST_SLICE = 4;

  /** How old the progress may be that a reader sees. */
  private static final Duration WRITE_INTERVAL = Duration.ofMillis(250);

  private static final Duration RETRY_INTERVAL = Duration.ofMillis(50);

  /** What work that keeps to its deadline may need to say so. */
  private static final Duration SLACK = Duration.ofMillis(250);

  private final StoredBatch batch;
  private final List<Integer> todo;
  private final int parallelism;
  private final ItemGate gate;
  private final ItemPayments payments;
  private final StoredItems items;
  private final BatchProgress progress;

  /** The items of each that nobody has taken yet. */
  private final List<CompletableFuture<Map<Integer, BatchItem>>> slices;

  private final List<Change> unwritten = new ArrayList<>();
  private final FanOutRun<Integer, ItemResult> fanOut;

  private int opened;
  private int told;
  private Deadline nextWrite = Deadline.after(WRITE_INTERVAL);
  private Deadline writeLimit = nextWrite;
  private volatile boolean stopped;

  /** Whether an item after which no other is to begin did not end well. */
  private volatile boolean failed;

  /**
   * @param todo the positions of the items, ascending
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
    this.slices =
        IntStream.rangeClosed(0, sliceOf(todo.size() - 1))
            .mapToObj(_ -> new CompletableFuture<Map<Integer, BatchItem>>())
            .toList();
    this.fanOut =
        fanOut
            .over("batch", places(), parallelism, this::carryOut)
            .grace(payments.grace().plus(SLACK))
            .stopWhen(this::stops)
            .onResult(this::note);
  }

  private static int sliceOf(int place) {
    return place < FIRST_SLICE ? 0 : 1 + (place - FIRST_SLICE) / SLICE;
  }

  /** The first place of a slice. */
  private static int startOf(int slice) {
    return slice == 0 ? 0 : FIRST_SLICE + (slice - 1) * SLICE;
  }

  private List<Integer> places() {
    return IntStream.range(0, todo.size()).boxed().toList();
  }

  /** Begins no more items; those under way end, and no thread waits for a slice to open. */
  void stop() {
    stopped = true;
    slices.forEach(slice -> slice.complete(new ConcurrentHashMap<>()));
    fanOut.stop();
  }

  /**
   * Runs until every item has ended or cannot begin any more, and what became of all is written.
   *
   * @param deadline nothing begins after it
   * @throws LeaseLostException somebody else carries the batch out by now
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
      item = deadline.await(slices.get(sliceOf(place))).remove(todo.get(place));
    } catch (DeadlineExceededException e) {
      return ItemResult.NOT_STARTED;
    }
    if (stopped || !gate.enter(batch.merchantId(), deadline)) {
      return ItemResult.NOT_STARTED;
    }
    try {
      if (stopped || deadline.expired()) {
        return ItemResult.NOT_STARTED;
      }
      return item == null ? ItemResult.UNKNOWN : payments.pay(item, deadline);
    } finally {
      gate.leave(batch.merchantId());
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

  private static boolean endedWell(Result<ItemResult> result) {
    return result instanceof Result.Done<ItemResult>(ItemResult end)
        && (end.status().successful() || end.status() == ItemStatus.NOT_STARTED);
  }

  private void note(int place, Result<ItemResult> result) throws InterruptedException {
    told++;
    if (sliceOf(place) < opened) {
      noteEnd(todo.get(place), end(place, result));
    } else if (!stopped) {
      // It waited for its slice in vain, because of the deadline or an interrupt.
      stop();
    }
    if (mayOpen()) {
      openWhatMayBegin();
    } else if (unwritten.size() >= 2 * SLICE || nextWrite.expired()) {
      tryToWrite();
    }
  }

  private ItemResult end(int place, Result<ItemResult> result) {
    return switch (result) {
      case Result.Done<ItemResult>(ItemResult end) -> end;
      case Result.NotBegun<ItemResult> _ -> ItemResult.NOT_STARTED;
      case Result.Failed<ItemResult>(Throwable error) -> {
        log.error(
            "Item {} of {} ended by an unexpected error", todo.get(place), batch.text(), error);
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
   * Whether items that may be handed out soon are not in a slice that is open. None opens after the
   * deadline: its items would be under way in the database only.
   */
  private boolean mayOpen() {
    return !stopped
        && !writeLimit.expired()
        && opened < slices.size()
        && (opened == 0 || told > 0)
        && startOf(opened) < told + gate.width(batch.merchantId(), parallelism) + SLICE / 2;
  }

  /**
   * A slice counts as open from the first try to mark it, which may have come through without an
   * answer. Its items are then written back, which changes nothing of those that are not marked.
   */
  private void openWhatMayBegin() throws InterruptedException {
    boolean open = true;
    while (open && mayOpen()) {
      int slice = opened++;
      open = written(() -> open(slice));
    }
  }

  private void open(int slice) {
    int from = todo.get(startOf(slice));
    int to = todo.get(Math.min(todo.size(), startOf(slice + 1)) - 1);
    write(new int[] {from, to});
    slices.get(slice).complete(new ConcurrentHashMap<>(items.begun(batch, from, to)));
  }

  private void tryToWrite() {
    try {
      write(null);
    } catch (DataAccessException | TransactionException e) {
      logUnwritten(e);
    }
  }

  /** Tries until it succeeds, or time is up; whether it did. */
  private boolean written(Runnable write) throws InterruptedException {
    while (true) {
      try {
        write.run();
        return true;
      } catch (DataAccessException | TransactionException e) {
        logUnwritten(e);
        if (writeLimit.expired()) {
          return false;
        }
        Thread.sleep(RETRY_INTERVAL);
      }
    }
  }

  /** Now and then the row is locked by the job that renews the lease: that needs no warning. */
  private void logUnwritten(RuntimeException e) {
    log.atLevel(e instanceof CannotAcquireLockException ? Level.DEBUG : Level.WARN)
        .log("The progress of {} is not written yet: {}", batch.text(), e.getMessage());
  }

  /**
   * @param next the items that are under way from now on, by position; null: none
   */
  private void write(int @Nullable [] next) {
    try {
      progress.record(batch, unwritten, next, !failed);
    } catch (LeaseLostException e) {
      stop();
      throw e;
    }
    unwritten.clear();
    nextWrite = Deadline.after(WRITE_INTERVAL);
  }
}
