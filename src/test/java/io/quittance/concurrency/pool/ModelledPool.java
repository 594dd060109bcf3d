package io.quittance.concurrency.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.SettableTicker;
import io.quittance.concurrency.Waiting;
import io.quittance.concurrency.pool.WorkerPoolPropertiesTest.Action;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;

/**
 * A pool and a model of it. Every batch that a worker takes in hand waits until an action lets it
 * go, so that the model, which has no threads, knows at each point what must be queued, what must
 * be in hand, and how each job must have ended.
 */
final class ModelledPool {

  private static final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** How a job ends; the model's answer to what its future must hold. */
  private enum End {
    OK,
    BROKEN,
    CANCELED,
    EXPIRED,
    REJECTED
  }

  /** A batch that a worker has in hand. */
  private static final class Hand {
    private final CountDownLatch gate = new CountDownLatch(1);
    private volatile boolean broken;
  }

  // The pool.
  private final SettableTicker ticker = new SettableTicker();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final WorkerPool<Integer, Integer> pool;
  private final Map<List<Integer>, Hand> hands = new ConcurrentHashMap<>();
  private final List<Integer> started = new CopyOnWriteArrayList<>();
  private final List<Integer> startedLate = new CopyOnWriteArrayList<>();
  private final Map<Integer, CompletableFuture<Integer>> futures = new TreeMap<>();
  private volatile boolean allMayGo;

  // The model.
  private final int capacity;
  private final int maxBatch;
  private final ArrayDeque<Integer> queue = new ArrayDeque<>();
  private final List<List<Integer>> inHand = new ArrayList<>();
  private final List<Integer> mustHaveStarted = new ArrayList<>();
  private final Map<Integer, Integer> expiry_s = new TreeMap<>();
  private final Map<Integer, End> ends = new TreeMap<>();
  private int workers;
  private int now_s;
  private int submitted;

  ModelledPool(int workers, int capacity, int maxBatch, Duration drainLimit) {
    this.workers = workers;
    this.capacity = capacity;
    this.maxBatch = maxBatch;
    this.pool =
        WorkerPool.<Integer, Integer>named("modelled", this::handle)
            .workers(workers)
            .capacity(capacity)
            .maxBatch(maxBatch)
            .drainLimit(drainLimit)
            .start(registry);
  }

  private void handle(List<Job<Integer, Integer>> batch) throws InterruptedException {
    List<Integer> ids = batch.stream().map(Job::item).toList();
    started.addAll(ids);
    batch.stream()
        .filter(job -> job.deadline().expired())
        .forEach(job -> startedLate.add(job.item()));
    var hand = new Hand();
    hands.put(ids, hand);
    if (!allMayGo) {
      Waiting.forLatch(hand.gate);
    }
    hands.remove(ids);
    batch.getFirst().succeed(-ids.getFirst());
    if (hand.broken) {
      throw new Broken();
    }
    batch.forEach(job -> job.succeed(-job.item()));
  }

  void apply(Action action) {
    switch (action) {
      case Action.Submit(int patience_s) -> submit(patience_s);
      case Action.SubmitAll(int jobs, int patience_s) -> submitAll(jobs, patience_s);
      case Action.Cancel(int which) -> cancel(which);
      case Action.PassTime(int seconds) -> {
        ticker.advance(Duration.ofSeconds(seconds));
        now_s += seconds;
      }
      case Action.LetGo(int which, boolean broken) -> letGo(which, broken);
      case Action.Resize(int count) -> {
        workers = count;
        pool.resize(count);
      }
    }
    takeInHand();
    agree();
  }

  private void submit(int patience_s) {
    int id = ++submitted;
    var deadline = Deadline.after(Duration.ofSeconds(patience_s), ticker);
    if (queue.size() == capacity) {
      assertThatThrownBy(() -> pool.submit(id, deadline)).isInstanceOf(QueueFullException.class);
      return;
    }
    queued(id, pool.submit(id, deadline), patience_s);
  }

  /** All or none. */
  private void submitAll(int jobs, int patience_s) {
    List<Integer> ids = IntStream.rangeClosed(submitted + 1, submitted + jobs).boxed().toList();
    submitted += jobs;
    var deadline = Deadline.after(Duration.ofSeconds(patience_s), ticker);
    if (queue.size() + jobs > capacity) {
      assertThatThrownBy(() -> pool.submitAll(ids, deadline))
          .isInstanceOf(QueueFullException.class);
      return;
    }
    List<CompletableFuture<Integer>> all = pool.submitAll(ids, deadline);
    for (int i = 0; i < jobs; i++) {
      queued(ids.get(i), all.get(i), patience_s);
    }
  }

  private void queued(int id, CompletableFuture<Integer> future, int patience_s) {
    futures.put(id, future);
    queue.addLast(id);
    expiry_s.put(id, now_s + patience_s);
  }

  private void cancel(int which) {
    List<Integer> open = futures.keySet().stream().filter(id -> !ends.containsKey(id)).toList();
    if (!open.isEmpty()) {
      int id = open.get(which % open.size());
      futures.get(id).cancel(false);
      ends.put(id, End.CANCELED);
    }
  }

  private void letGo(int which, boolean broken) {
    if (!inHand.isEmpty()) {
      List<Integer> batch = inHand.remove(which % inHand.size());
      Hand hand = hands.get(batch);
      hand.broken = broken;
      hand.gate.countDown();
      end(batch, broken);
    }
  }

  private void end(List<Integer> batch, boolean broken) {
    ends.putIfAbsent(batch.getFirst(), End.OK);
    batch.forEach(id -> ends.putIfAbsent(id, broken ? End.BROKEN : End.OK));
  }

  /** What idle workers must do now. */
  private void takeInHand() {
    while (inHand.size() < workers && !queue.isEmpty()) {
      var batch = new ArrayList<Integer>();
      for (int i = 0; i < maxBatch && !queue.isEmpty(); i++) {
        int id = queue.removeFirst();
        if (!ends.containsKey(id)) {
          if (expiry_s.get(id) <= now_s) {
            ends.put(id, End.EXPIRED);
          } else {
            batch.add(id);
          }
        }
      }
      if (!batch.isEmpty()) {
        mustHaveStarted.addAll(batch);
        inHand.add(batch);
      }
    }
  }

  /** Waits until the pool's threads have come to where the model is, and compares. */
  private void agree() {
    Waiting.until(
        () ->
            pool.depth() == queue.size()
                && pool.busy() == inHand.size()
                && hands.size() == inHand.size()
                && pool.workers() == Math.max(workers, inHand.size()));
    assertThat(hands.keySet()).containsExactlyInAnyOrderElementsOf(inHand);
    futures.forEach((id, future) -> assertThat(endOf(future)).isEqualTo(ends.get(id)));
  }

  /** Closes the pool with time enough for all that is queued. */
  void drain() {
    letAllGo();
    pool.close();
    inHand.forEach(batch -> end(batch, false));
    inHand.clear();
    while (!queue.isEmpty()) {
      takeInHand();
      inHand.forEach(batch -> end(batch, false));
      inHand.clear();
    }
  }

  /** Closes the pool with no time for what is queued; what is in hand may end afterwards. */
  void giveUp() {
    pool.close();
    queue.forEach(id -> ends.putIfAbsent(id, End.REJECTED));
    queue.clear();
    inHand.forEach(batch -> assertThat(hands).containsKey(batch));
    letAllGo();
    Waiting.until(() -> pool.workers() == 0);
    inHand.forEach(batch -> end(batch, false));
  }

  private void letAllGo() {
    allMayGo = true;
    hands.values().forEach(hand -> hand.gate.countDown());
  }

  void checkTheEnd() {
    futures.forEach((id, future) -> assertThat(endOf(future)).isEqualTo(ends.get(id)).isNotNull());
    futures.forEach(
        (id, future) -> {
          if (ends.get(id) == End.OK) {
            assertThat(future).isCompletedWithValue(-id);
          }
        });
    assertThat(started).containsExactlyInAnyOrderElementsOf(mustHaveStarted);
    assertThat(started).doesNotHaveDuplicates();
    assertThat(startedLate).isEmpty();
    assertThat(
            registry.get("quittance.pool.jobs").counters().stream()
                .mapToDouble(Counter::count)
                .sum())
        .as("jobs counted, each by one outcome")
        .isEqualTo(submitted);
    assertThatThrownBy(() -> pool.submit(0, Deadline.after(Duration.ofSeconds(1), ticker)))
        .isInstanceOf(RejectedExecutionException.class);
  }

  void checkTheOrderOfStarts() {
    assertThat(started).isEqualTo(mustHaveStarted).isSorted();
  }

  /** Nothing while it is open. */
  private static End endOf(CompletableFuture<?> future) {
    return switch (future.state()) {
      case RUNNING -> null;
      case SUCCESS -> End.OK;
      case CANCELLED -> End.CANCELED;
      case FAILED ->
          switch (future.exceptionNow()) {
            case Broken _ -> End.BROKEN;
            case ExpiredInQueueException _ -> End.EXPIRED;
            case RejectedExecutionException _ -> End.REJECTED;
            case CancellationException _ -> End.CANCELED;
            default -> throw new AssertionError(future.exceptionNow());
          };
    };
  }
}
