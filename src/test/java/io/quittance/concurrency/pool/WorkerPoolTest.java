package io.quittance.concurrency.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.concurrency.SettableTicker;
import io.quittance.concurrency.Ticker;
import io.quittance.concurrency.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WorkerPoolTest {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final Deadline LATER = Deadline.after(HOUR);

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Gated handler = new Gated();
  private final List<WorkerPool<?, ?>> opened = new ArrayList<>();

  /** Takes a batch in hand, then waits for a permit before it answers. */
  private static final class Gated implements WorkerPool.Handler<String, String> {

    private final List<List<String>> batches = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final Semaphore inHand = new Semaphore(0);
    private final Semaphore permits = new Semaphore(0);
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    @Override
    public void handle(List<Job<String, String>> batch) throws Exception {
      most.accumulateAndGet(running.incrementAndGet(), Math::max);
      batches.add(batch.stream().map(Job::item).toList());
      threads.add(Thread.currentThread());
      inHand.release();
      Waiting.forPermits(permits, 1);
      running.decrementAndGet();
      for (Job<String, String> job : batch) {
        if (job.item().startsWith("bad")) {
          job.fail(new IllegalStateException(job.item()));
        } else {
          job.succeed("did " + job.item());
        }
      }
    }

    void awaitInHand(int batches) throws InterruptedException {
      Waiting.forPermits(inHand, batches);
    }

    void letGo(int batches) {
      permits.release(batches);
    }

    List<String> handled() {
      return batches.stream().flatMap(List::stream).toList();
    }
  }

  /** What the pool itself does for a batch fails once, wherever that is. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void goesOnWhenItsOwnCodeFails(int reading) throws Exception {
    var readings = new AtomicInteger();
    var faulty = new AtomicBoolean();
    Ticker ticker =
        () -> {
          if (faulty.get()
              && Thread.currentThread().getName().contains("faulty")
              && readings.incrementAndGet() == reading) {
            throw new NoClassDefFoundError("a meter");
          }
          return System.nanoTime();
        };
    WorkerPool<String, String> pool =
        WorkerPool.<String, String>named(
                "faulty", batch -> batch.forEach(job -> job.succeed(job.item())))
            .ticker(ticker)
            .start(registry);
    opened.add(pool);
    assertThat(LATER.await(pool.submit("before", LATER))).isEqualTo("before");

    faulty.set(true);
    var _ = pool.submit("meanwhile", LATER).handle((_, _) -> null).get(10, TimeUnit.SECONDS);

    assertThat(pool.submit("after", LATER).get(10, TimeUnit.SECONDS)).isEqualTo("after");
    await().until(() -> pool.busy() == 0);
  }

  @AfterEach
  void close() {
    handler.letGo(1_000);
    opened.forEach(WorkerPool::close);
  }

  private WorkerPoolBuilder<String, String> pool() {
    return WorkerPool.named("test", handler);
  }

  private <T, R> WorkerPool<T, R> started(WorkerPoolBuilder<T, R> builder) {
    WorkerPool<T, R> pool = builder.start(registry);
    opened.add(pool);
    return pool;
  }

  /** A pool whose one worker has a job in hand, so that what follows stays queued. */
  private WorkerPool<String, String> busy(WorkerPoolBuilder<String, String> builder)
      throws InterruptedException {
    WorkerPool<String, String> pool = started(builder);
    pool.submit("blocker", LATER);
    handler.awaitInHand(1);
    return pool;
  }

  private double jobs(String outcome) {
    return registry
        .get("quittance.pool.jobs")
        .tags("pool", "test", "outcome", outcome)
        .counter()
        .count();
  }

  private void awaitJobs(String outcome, int count) {
    await().untilAsserted(() -> assertThat(jobs(outcome)).isEqualTo(count));
  }

  private static void awaitLingering() {
    await()
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().equals("test-0"))
                    .anyMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING));
  }

  private double gauge(String name) {
    return registry.get(name).tag("pool", "test").gauge().value();
  }

  @Nested
  class Queue {

    @Test
    void startsJobsInTheOrderOfSubmission() throws Exception {
      WorkerPool<String, String> pool = busy(pool());
      List<String> items = IntStream.range(0, 50).mapToObj(i -> "job " + i).toList();
      List<CompletableFuture<String>> results =
          items.stream().map(item -> pool.submit(item, LATER)).toList();
      handler.letGo(51);

      for (int i = 0; i < 50; i++) {
        assertThat(LATER.await(results.get(i))).isEqualTo("did job " + i);
      }
      assertThat(handler.handled()).first().isEqualTo("blocker");
      assertThat(handler.handled().subList(1, 51)).isEqualTo(items);
    }

    @Test
    void leavesWorkersToOthersThanAPartyWithEnoughInHand() throws Exception {
      WorkerPool<String, String> pool =
          started(pool().workers(3).inTurns(name -> name.charAt(0)).perParty(1, 9));
      List<CompletableFuture<String>> slow =
          Stream.of("a1", "a2", "a3").map(name -> pool.submit(name, LATER)).toList();
      handler.awaitInHand(1);
      CompletableFuture<String> other = pool.submit("b1", LATER);
      handler.awaitInHand(1);
      assertThat(handler.handled()).containsExactly("a1", "b1");
      assertThat(pool.depth()).isEqualTo(2);

      handler.letGo(4);
      pool.close();

      assertThat(LATER.await(other)).isEqualTo("did b1");
      for (CompletableFuture<String> job : slow) {
        assertThat(LATER.await(job)).startsWith("did a");
      }
      assertThat(pool.workers()).isZero();
    }

    @Test
    void refusesAJobWhenItIsFull() throws Exception {
      WorkerPool<String, String> pool = busy(pool().capacity(2));
      pool.submit("first", LATER);
      pool.submit("second", LATER);

      assertThatThrownBy(() -> pool.submit("third", LATER))
          .isInstanceOf(QueueFullException.class)
          .hasMessage("the queue of test is full (2)");
      assertThat(pool.depth()).isEqualTo(2);
      assertThat(pool.utilisation()).isEqualTo(1.0);
      assertThat(jobs("rejected")).isEqualTo(1);

      handler.letGo(1);
      handler.awaitInHand(1);
      pool.submit("third", LATER);
    }

    @Test
    void makesAPatientSubmitterWaitForRoom() throws Exception {
      WorkerPool<String, String> pool = busy(pool().capacity(1));
      pool.submit("first", LATER);
      var submission = new FutureTask<>(() -> pool.submitWhenRoom("second", LATER));
      Thread submitter = Thread.ofPlatform().start(submission);
      Waiting.until(() -> submitter.getState() == Thread.State.TIMED_WAITING);
      assertThat(submission.isDone()).isFalse();

      handler.letGo(1);
      CompletableFuture<String> result = LATER.await(submission);
      handler.letGo(2);

      assertThat(LATER.await(result)).isEqualTo("did second");
      assertThat(handler.handled()).containsExactly("blocker", "first", "second");
    }

    @Test
    void turnsAPatientSubmitterAwayAtItsDeadline() throws Exception {
      WorkerPool<String, String> pool = busy(pool().capacity(1));
      pool.submit("first", LATER);

      assertThatThrownBy(() -> pool.submitWhenRoom("second", Deadline.after(Duration.ofMillis(5))))
          .isInstanceOf(DeadlineExceededException.class)
          .isNotInstanceOf(ExpiredInQueueException.class)
          .hasMessage("no room in the queue of test");
      assertThat(pool.depth()).isEqualTo(1);
      assertThat(jobs("rejected")).isEqualTo(1);
    }

    @Test
    void letsAnInterruptedSubmitterGo() throws Exception {
      WorkerPool<String, String> pool = busy(pool().capacity(1));
      pool.submit("first", LATER);
      Thread.currentThread().interrupt();

      assertThatThrownBy(() -> pool.submitWhenRoom("second", LATER))
          .isInstanceOf(InterruptedException.class);
      assertThat(pool.depth()).isEqualTo(1);
    }

    @Test
    void dropsAJobThatExpiredInIt() throws Exception {
      var ticker = new SettableTicker();
      WorkerPool<String, String> pool = busy(pool());
      CompletableFuture<String> brief =
          pool.submit("brief", Deadline.after(Duration.ofSeconds(1), ticker));
      CompletableFuture<String> lasting =
          pool.submit("lasting", Deadline.after(Duration.ofSeconds(3), ticker));
      ticker.advance(Duration.ofSeconds(2));
      handler.letGo(2);

      assertThatThrownBy(() -> LATER.await(brief))
          .isInstanceOf(ExpiredInQueueException.class)
          .hasMessage("expired in the queue of test");
      assertThat(LATER.await(lasting)).isEqualTo("did lasting");
      assertThat(handler.handled()).containsExactly("blocker", "lasting");
      assertThat(jobs("expired")).isEqualTo(1);
    }

    @Test
    void dropsAJobThatWasCanceledInIt() throws Exception {
      WorkerPool<String, String> pool = busy(pool());
      CompletableFuture<String> unwanted = pool.submit("unwanted", LATER);
      CompletableFuture<String> wanted = pool.submit("wanted", LATER);
      unwanted.cancel(false);
      handler.letGo(2);

      assertThat(LATER.await(wanted)).isEqualTo("did wanted");
      assertThat(handler.handled()).containsExactly("blocker", "wanted");
      assertThat(jobs("canceled")).isEqualTo(1);
    }
  }

  @Nested
  class SubmitAll {

    @Test
    void queuesTheItemsTogetherAndInOrder() throws Exception {
      WorkerPool<String, String> pool = busy(pool().maxBatch(10));
      pool.submit("before", LATER);
      List<CompletableFuture<String>> results =
          pool.submitAll(List.of("one", "two", "three"), LATER);
      handler.letGo(2);

      assertThat(LATER.await(results.get(0))).isEqualTo("did one");
      assertThat(LATER.await(results.get(1))).isEqualTo("did two");
      assertThat(LATER.await(results.get(2))).isEqualTo("did three");
      assertThat(handler.batches)
          .containsExactly(List.of("blocker"), List.of("before", "one", "two", "three"));
    }

    @Test
    void spreadsOverIdleWorkers() throws Exception {
      WorkerPool<String, String> pool = started(pool().workers(3));
      pool.submitAll(List.of("one", "two", "three"), LATER);
      handler.awaitInHand(3);

      assertThat(handler.handled()).containsExactlyInAnyOrder("one", "two", "three");
    }

    @Test
    void queuesNoneWhenThereIsNoRoomForAll() throws Exception {
      WorkerPool<String, String> pool = busy(pool().capacity(3));
      pool.submit("before", LATER);

      assertThatThrownBy(() -> pool.submitAll(List.of("one", "two", "three"), LATER))
          .isInstanceOf(QueueFullException.class);
      assertThat(pool.depth()).isEqualTo(1);
      assertThat(jobs("rejected")).isEqualTo(3);

      pool.submitAll(List.of("one", "two"), LATER);
      assertThat(pool.depth()).isEqualTo(3);
    }

    @Test
    void queuesNothingOfNothing() throws Exception {
      assertThat(busy(pool()).submitAll(List.of(), LATER)).isEmpty();
    }

    @Test
    void isRefusedAfterTheClose() {
      WorkerPool<String, String> pool = started(pool());
      pool.close();

      assertThatThrownBy(() -> pool.submitAll(List.of("late"), LATER))
          .isInstanceOf(RejectedExecutionException.class)
          .hasMessage("test is closed");
    }
  }

  /** On a clock that only the test moves: an hour passes in no time. */
  @Nested
  class OnVirtualTime {

    private final SettableTicker ticker = new SettableTicker.Watched();

    @Test
    void lingersUntilTheClockSaysSo() throws Exception {
      WorkerPool<String, String> pool = started(pool().maxBatch(3).linger(HOUR).ticker(ticker));
      CompletableFuture<String> alone = pool.submit("alone", LATER);
      handler.letGo(1);
      awaitLingering();
      assertThat(pool.depth()).isEqualTo(1);

      ticker.advance(HOUR);

      assertThat(LATER.await(alone)).isEqualTo("did alone");
    }

    @Test
    void turnsAPatientSubmitterAwayWhenTheClockSaysSo() throws Exception {
      WorkerPool<String, String> pool = busy(pool().capacity(1).ticker(ticker));
      pool.submit("first", LATER);
      Deadline hour = Deadline.after(HOUR, ticker);
      var submission = new FutureTask<>(() -> pool.submitWhenRoom("second", hour));
      Thread submitter = Thread.ofPlatform().start(submission);
      Waiting.until(() -> submitter.getState() == Thread.State.TIMED_WAITING);

      ticker.advance(HOUR);

      assertThatThrownBy(() -> LATER.await(submission))
          .isInstanceOf(DeadlineExceededException.class);
    }

    @Test
    void givesUpDrainingWhenTheClockSaysSo() throws Exception {
      WorkerPool<String, String> pool = busy(pool().drainLimit(HOUR).ticker(ticker));
      CompletableFuture<String> queued = pool.submit("queued", LATER);
      var closing = new FutureTask<>(pool::close, true);
      Thread closer = Thread.ofPlatform().start(closing);
      Waiting.until(() -> closer.getState() == Thread.State.TIMED_WAITING);

      ticker.advance(HOUR);
      LATER.await(closing);

      assertThat(queued).isCompletedExceptionally();
    }

    @Test
    void tellsTheBacklog() throws Exception {
      WorkerPool<String, String> pool = busy(pool().ticker(ticker));
      pool.submit("waiting", LATER);
      ticker.advance(Duration.ofSeconds(5));
      assertThat(pool.backlog()).isEqualTo(Duration.ofSeconds(5));

      handler.letGo(1);
      handler.awaitInHand(1);
      assertThat(pool.backlog()).isEqualTo(Duration.ofSeconds(5));
      ticker.advance(Duration.ofSeconds(1));
      assertThat(pool.backlog()).isZero();
    }

    @Test
    void tellsAPartyItsOwnBacklog() throws Exception {
      WorkerPool<String, String> pool = busy(pool().ticker(ticker).inTurns(name -> name.charAt(0)));
      pool.submit("a1", LATER);
      pool.submit("a2", LATER);
      pool.submit("a3", LATER);
      ticker.advance(Duration.ofSeconds(2));
      handler.letGo(1);
      handler.awaitInHand(1);
      ticker.advance(Duration.ofSeconds(3));

      assertThat(pool.backlog('a')).as("a2 waits").isEqualTo(Duration.ofSeconds(5));
      assertThat(pool.backlog('b')).as("only for its turn").isEqualTo(Duration.ofSeconds(3));
      assertThat(pool.backlog()).isEqualTo(Duration.ofSeconds(5));
    }
  }

  @Nested
  class Errors {

    @Test
    void reachTheSubmitterOfTheJobAndNobodyElse() throws Exception {
      WorkerPool<String, String> pool = busy(pool().maxBatch(10));
      CompletableFuture<String> before = pool.submit("before", LATER);
      CompletableFuture<String> bad = pool.submit("bad", LATER);
      CompletableFuture<String> worse = pool.submit("bad, too", LATER);
      CompletableFuture<String> after = pool.submit("after", LATER);
      handler.letGo(2);

      assertThat(LATER.await(before)).isEqualTo("did before");
      assertThatThrownBy(() -> LATER.await(bad)).hasMessage("bad");
      assertThatThrownBy(() -> LATER.await(worse)).hasMessage("bad, too");
      assertThat(LATER.await(after)).isEqualTo("did after");
      awaitJobs("failed", 2);
      awaitJobs("ok", 3);
    }

    @Test
    void ofTheHandlerFailOnlyTheJobsThatItLeftOpen() throws Exception {
      var down = new IllegalStateException("down");
      WorkerPool<String, String> pool =
          busyWith(
              batch -> {
                batch.getFirst().succeed("did " + batch.getFirst().item());
                throw down;
              });
      CompletableFuture<String> answered = pool.submit("answered", LATER);
      CompletableFuture<String> open = pool.submit("open", LATER);
      CompletableFuture<String> open2 = pool.submit("open, too", LATER);
      handler.letGo(1);

      assertThat(LATER.await(answered)).isEqualTo("did answered");
      assertThatThrownBy(() -> LATER.await(open)).isSameAs(down);
      assertThatThrownBy(() -> LATER.await(open2)).isSameAs(down);
    }

    @Test
    void doNotEndTheWorker() throws Exception {
      WorkerPool<String, String> pool =
          busyWith(
              batch -> {
                if (batch.getFirst().item().equals("bad")) {
                  throw new AssertionError("bug");
                }
                batch.getFirst().succeed("did it");
              });
      CompletableFuture<String> bad = pool.submit("bad", LATER);
      handler.letGo(1);

      assertThatThrownBy(() -> LATER.await(bad)).isInstanceOf(AssertionError.class);
      assertThat(LATER.await(pool.submit("good", LATER))).isEqualTo("did it");
      assertThat(pool.workers()).isEqualTo(1);
    }

    @Test
    void tellOfAJobThatTheHandlerForgot() throws Exception {
      WorkerPool<String, String> pool = busyWith(_ -> {});
      CompletableFuture<String> forgotten = pool.submit("forgotten", LATER);
      handler.letGo(1);

      assertThatThrownBy(() -> LATER.await(forgotten))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("test left a job unanswered");
    }

    /** A pool with the first batch held back, and the given handler for what comes after it. */
    private WorkerPool<String, String> busyWith(WorkerPool.Handler<String, String> then)
        throws InterruptedException {
      return busy(
          WorkerPool.<String, String>named(
                  "test",
                  batch -> {
                    if (batch.getFirst().item().equals("blocker")) {
                      handler.handle(batch);
                    } else {
                      then.handle(batch);
                    }
                  })
              .maxBatch(10));
    }
  }

  @Nested
  class Batches {

    @ParameterizedTest
    @CsvSource({"10, 3, 3", "10, 10, 10", "4, 10, 4 4 2", "1, 3, 1 1 1"})
    void takeWhatHasQueuedUpToTheLimit(int maxBatch, int queued, String sizes) throws Exception {
      WorkerPool<String, String> pool = busy(pool().maxBatch(maxBatch));
      List<CompletableFuture<String>> results =
          IntStream.range(0, queued).mapToObj(i -> pool.submit("job " + i, LATER)).toList();
      handler.letGo(1 + queued);
      for (CompletableFuture<String> result : results) {
        LATER.await(result);
      }

      assertThat(handler.batches.stream().skip(1).map(batch -> "" + batch.size()))
          .containsExactly(sizes.split(" "));
      assertThat(handler.handled()).hasSize(1 + queued);
    }

    @Test
    void doNotWaitForMore() throws Exception {
      WorkerPool<String, String> pool = started(pool().maxBatch(10));
      CompletableFuture<String> alone = pool.submit("alone", LATER);
      handler.letGo(1);

      assertThat(LATER.await(alone)).isEqualTo("did alone");
    }

    @Test
    void leaveOutWhatExpiredOrWasCanceled() throws Exception {
      var ticker = new SettableTicker();
      WorkerPool<String, String> pool = busy(pool().maxBatch(10));
      pool.submit("expired", Deadline.after(Duration.ofSeconds(1), ticker));
      pool.submit("canceled", LATER).cancel(false);
      CompletableFuture<String> kept = pool.submit("kept", LATER);
      ticker.advance(Duration.ofSeconds(1));
      handler.letGo(2);

      LATER.await(kept);
      assertThat(handler.batches).containsExactly(List.of("blocker"), List.of("kept"));
    }
  }

  @Nested
  class Lingering {

    @Test
    void waitsForAFullBatch() throws Exception {
      WorkerPool<String, String> pool = started(pool().maxBatch(3).linger(HOUR));
      pool.submit("first", LATER);
      awaitLingering();
      assertThat(pool.depth()).isEqualTo(1);
      assertThat(pool.busy()).isZero();

      pool.submit("second", LATER);
      CompletableFuture<String> third = pool.submit("third", LATER);
      handler.letGo(1);

      assertThat(LATER.await(third)).isEqualTo("did third");
      assertThat(handler.batches).containsExactly(List.of("first", "second", "third"));
    }

    @Test
    void takesWhatIsThereWhenItsTimeIsUp() throws Exception {
      WorkerPool<String, String> pool = started(pool().maxBatch(3).linger(Duration.ofMillis(5)));
      CompletableFuture<String> alone = pool.submit("alone", LATER);
      handler.letGo(1);

      assertThat(LATER.await(alone)).isEqualTo("did alone");
    }

    @Test
    void endsWhenTheQueueCanHoldNoMore() throws Exception {
      WorkerPool<String, String> pool = started(pool().capacity(2).maxBatch(3).linger(HOUR));
      pool.submit("first", LATER);
      pool.submit("second", LATER);
      handler.awaitInHand(1);

      assertThat(handler.batches).containsExactly(List.of("first", "second"));
    }

    @Test
    void endsWhenThePoolIsClosed() throws Exception {
      WorkerPool<String, String> pool = started(pool().maxBatch(3).linger(HOUR));
      CompletableFuture<String> alone = pool.submit("alone", LATER);
      awaitLingering();
      handler.letGo(1);
      pool.close();

      assertThat(alone).isCompletedWithValue("did alone");
    }
  }

  @Nested
  class GivingWay {

    private final SettableTicker ticker = new SettableTicker.Watched();

    private WorkerPool<String, String> pool(Duration limit) {
      return started(
          WorkerPoolTest.this
              .pool()
              .maxBatch(3)
              .ticker(ticker)
              .deferrable(item -> item.startsWith("patient"), () -> limit));
    }

    @Test
    void waitsForAnotherJobToGoWith() throws Exception {
      WorkerPool<String, String> pool = pool(HOUR);
      pool.submit("patient 1", LATER);
      pool.submit("patient 2", LATER);
      awaitLingering();
      assertThat(pool.busy()).isZero();
      ticker.advance(Duration.ofMinutes(1));
      assertThat(pool.backlog()).as("what a hasty one would wait").isZero();

      CompletableFuture<String> hasty = pool.submit("hasty", LATER);
      handler.letGo(1);

      assertThat(LATER.await(hasty)).isEqualTo("did hasty");
      assertThat(handler.batches).containsExactly(List.of("patient 1", "patient 2", "hasty"));
    }

    @Test
    void waitsAgainWhenTheOtherHasGone() throws Exception {
      WorkerPool<String, String> pool = pool(HOUR);
      CompletableFuture<String> hasty = pool.submit("hasty", LATER);
      handler.letGo(1);
      LATER.await(hasty);
      CompletableFuture<String> patient = pool.submit("patient", LATER);
      awaitLingering();
      assertThat(pool.depth()).isEqualTo(1);

      ticker.advance(HOUR);
      handler.letGo(1);

      assertThat(LATER.await(patient)).isEqualTo("did patient");
      assertThat(handler.batches).containsExactly(List.of("hasty"), List.of("patient"));
    }

    @Test
    void waitsNoLongerThanForAFullBatch() throws Exception {
      WorkerPool<String, String> pool = pool(HOUR);
      pool.submit("patient 1", LATER);
      pool.submit("patient 2", LATER);
      CompletableFuture<String> third = pool.submit("patient 3", LATER);
      handler.letGo(1);

      assertThat(LATER.await(third)).isEqualTo("did patient 3");
      assertThat(handler.batches).hasSize(1);
    }

    @Test
    void endsWhenTheQueueCanHoldNoMore() throws Exception {
      started(
              WorkerPoolTest.this
                  .pool()
                  .capacity(2)
                  .maxBatch(3)
                  .ticker(ticker)
                  .deferrable(_ -> true, () -> HOUR))
          .submitAll(List.of("first", "second"), LATER);
      handler.awaitInHand(1);

      assertThat(handler.batches).containsExactly(List.of("first", "second"));
    }

    @Test
    void asksForTheLimitBeforeEachBatch() throws Exception {
      var limit = new AtomicReference<>(HOUR);
      WorkerPool<String, String> pool =
          started(
              WorkerPoolTest.this
                  .pool()
                  .maxBatch(3)
                  .ticker(ticker)
                  .deferrable(item -> item.startsWith("patient"), limit::get));
      pool.submit("patient", LATER);
      awaitLingering();
      CompletableFuture<String> hasty = pool.submit("hasty", LATER);
      handler.letGo(1);
      LATER.await(hasty);

      limit.set(Duration.ZERO);
      CompletableFuture<String> patient = pool.submit("patient too", LATER);
      handler.letGo(1);

      assertThat(LATER.await(patient)).isEqualTo("did patient too");
    }

    @Test
    void takesNoTimeWhereTheLimitIsZero() throws Exception {
      WorkerPool<String, String> pool = pool(Duration.ZERO);
      CompletableFuture<String> patient = pool.submit("patient", LATER);
      handler.letGo(1);

      assertThat(LATER.await(patient)).isEqualTo("did patient");
    }

    @Test
    void endsWhenThePoolIsClosed() throws Exception {
      WorkerPool<String, String> pool = pool(HOUR);
      CompletableFuture<String> patient = pool.submit("patient", LATER);
      awaitLingering();
      handler.letGo(1);
      pool.close();

      assertThat(patient).isCompletedWithValue("did patient");
    }
  }

  @Nested
  class Close {

    @Test
    void drainsWhatIsQueued() throws Exception {
      WorkerPool<String, String> pool = busy(pool());
      List<CompletableFuture<String>> results =
          IntStream.range(0, 20).mapToObj(i -> pool.submit("job " + i, LATER)).toList();
      handler.letGo(21);
      pool.close();

      assertThat(results)
          .allMatch(CompletableFuture::isDone)
          .noneMatch(r -> r.isCompletedExceptionally());
      assertThat(pool.workers()).isZero();
      assertThat(pool.depth()).isZero();
    }

    @Test
    void waitsForTheJobInHandWithoutInterruptingIt() throws Exception {
      WorkerPool<String, String> pool = started(pool());
      CompletableFuture<String> inHand = pool.submit("in hand", LATER);
      handler.awaitInHand(1);
      var closing = new FutureTask<>(pool::close, true);
      Thread closer = Thread.ofPlatform().start(closing);
      Waiting.until(() -> closer.getState() == Thread.State.TIMED_WAITING);
      assertThat(closing.isDone()).isFalse();

      handler.letGo(1);
      LATER.await(closing);

      assertThat(LATER.await(inHand)).isEqualTo("did in hand");
    }

    @Test
    void givesUpAtTheDrainLimitAndFailsWhatIsQueued() throws Exception {
      WorkerPool<String, String> pool = started(pool().drainLimit(Duration.ofMillis(5)));
      CompletableFuture<String> inHand = pool.submit("in hand", LATER);
      handler.awaitInHand(1);
      CompletableFuture<String> queued = pool.submit("queued", LATER);
      pool.submit("canceled", LATER).cancel(false);
      pool.close();

      assertThatThrownBy(() -> LATER.await(queued))
          .isInstanceOf(RejectedExecutionException.class)
          .hasMessage("test closed before it was done");
      assertThat(jobs("rejected")).isEqualTo(1);
      assertThat(jobs("canceled")).isEqualTo(1);
      assertThat(inHand).isNotDone();

      handler.letGo(1);

      assertThat(LATER.await(inHand)).isEqualTo("did in hand");
      assertThat(handler.handled()).containsExactly("in hand");
      await().until(() -> pool.workers() == 0);
    }

    @Test
    void runsTheCallbacksOfWhatItFailsWithoutHoldingTheLock() throws Exception {
      WorkerPool<String, String> pool = busy(pool().drainLimit(Duration.ZERO));
      CompletableFuture<String> queued = pool.submit("queued", LATER);
      CompletableFuture<Integer> callback = queued.handle((_, _) -> depthSeenByAnotherThread(pool));
      pool.close();

      assertThat(LATER.await(callback)).isZero();
    }

    private int depthSeenByAnotherThread(WorkerPool<?, ?> pool) {
      return CompletableFuture.supplyAsync(pool::depth).orTimeout(20, TimeUnit.SECONDS).join();
    }

    @Test
    void refusesNewJobs() {
      WorkerPool<String, String> pool = started(pool());
      pool.close();

      assertThatThrownBy(() -> pool.submit("late", LATER))
          .isInstanceOf(RejectedExecutionException.class)
          .isNotInstanceOf(QueueFullException.class)
          .hasMessage("test is closed");
      assertThatThrownBy(() -> pool.submitWhenRoom("late", LATER))
          .isInstanceOf(RejectedExecutionException.class);
      assertThatThrownBy(() -> pool.resize(2)).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void turnsPatientSubmittersAway() throws Exception {
      WorkerPool<String, String> pool = busy(pool().capacity(1).drainLimit(Duration.ZERO));
      pool.submit("queued", LATER);
      var submission = new FutureTask<>(() -> pool.submitWhenRoom("waiting", LATER));
      Thread submitter = Thread.ofPlatform().start(submission);
      Waiting.until(() -> submitter.getState() == Thread.State.TIMED_WAITING);
      pool.close();

      assertThatThrownBy(() -> LATER.await(submission))
          .isInstanceOf(RejectedExecutionException.class)
          .hasMessage("test is closed");
    }

    @Test
    void keepsTheInterruptOfTheOneWhoCloses() throws Exception {
      WorkerPool<String, String> pool = busy(pool());
      CompletableFuture<String> queued = pool.submit("queued", LATER);
      handler.letGo(2);
      Thread.currentThread().interrupt();
      pool.close();

      assertThat(Thread.interrupted()).isTrue();
      assertThat(queued).isCompletedWithValue("did queued");
    }

    @Test
    void hasNoEffectTheSecondTime() throws Exception {
      WorkerPool<String, String> pool = started(pool());
      pool.close();
      pool.close();

      assertThat(pool.workers()).isZero();
    }
  }

  @Nested
  class Workers {

    @Test
    void workAtTheSameTime() throws Exception {
      WorkerPool<String, String> pool = started(pool().workers(3));
      for (int i = 0; i < 5; i++) {
        pool.submit("job " + i, LATER);
      }
      handler.awaitInHand(3);

      assertThat(pool.depth()).isEqualTo(2);
      assertThat(pool.busy()).isEqualTo(3);
      handler.letGo(5);
      handler.awaitInHand(2);
      assertThat(handler.most.get()).isEqualTo(3);
    }

    @Test
    void becomeMoreWhileThePoolRuns() throws Exception {
      WorkerPool<String, String> pool = busy(pool());
      for (int i = 0; i < 3; i++) {
        pool.submit("job " + i, LATER);
      }
      pool.resize(3);
      handler.awaitInHand(2);

      assertThat(handler.running.get()).isEqualTo(3);
      assertThat(pool.workers()).isEqualTo(3);
      assertThat(pool.depth()).isEqualTo(1);
    }

    @Test
    void becomeFewerAfterTheBatchInHand() throws Exception {
      WorkerPool<String, String> pool = started(pool().workers(3));
      for (int i = 0; i < 7; i++) {
        pool.submit("job " + i, LATER);
      }
      handler.awaitInHand(3);
      pool.resize(1);
      assertThat(handler.running.get()).isEqualTo(3);

      handler.letGo(2);
      await().until(() -> pool.workers() == 1);
      assertThat(handler.running.get()).isEqualTo(1);
      assertThat(pool.depth()).isEqualTo(4);

      for (int i = 0; i < 4; i++) {
        handler.letGo(1);
        handler.awaitInHand(1);
        assertThat(handler.running.get()).isEqualTo(1);
      }
      assertThat(handler.handled()).hasSize(7);
    }

    @Test
    void becomeFewerAtOnceWhenIdle() {
      WorkerPool<String, String> pool = started(pool().workers(5));
      pool.resize(2);

      await().until(() -> pool.workers() == 2);
    }

    @Test
    void areNeverNone() {
      WorkerPool<String, String> pool = started(pool());

      assertThatThrownBy(() -> pool.resize(0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("a pool needs a worker, not 0");
      assertThat(pool.workers()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void areNamedAfterThePool(boolean virtual) throws Exception {
      WorkerPool<String, String> pool = started(virtual ? pool().virtualThreads() : pool());
      handler.letGo(1);
      LATER.await(pool.submit("job", LATER));

      Thread worker = handler.threads.getFirst();
      assertThat(worker.getName()).isEqualTo("test-0");
      assertThat(worker.isVirtual()).isEqualTo(virtual);
      assertThat(worker.isDaemon()).isTrue();
    }

    @Test
    void areMadeByTheFactoryOfTheSettings() throws Exception {
      WorkerPool<String, String> pool =
          started(pool().threads(Thread.ofPlatform().name("mine-", 7).daemon().factory()));
      handler.letGo(1);
      LATER.await(pool.submit("job", LATER));

      assertThat(handler.threads.getFirst().getName()).isEqualTo("mine-7");
    }

    @Test
    void areAskedForInVainOfAFactoryThatMakesNone() {
      assertThatThrownBy(() -> started(pool().threads(_ -> null)))
          .isInstanceOf(RejectedExecutionException.class)
          .hasMessage("the thread factory of test made no thread");
    }

    @ParameterizedTest
    @CsvSource({"0,1,1,1,1", "1,0,1,1,1", "1,1,0,1,1", "1,1,1,0,1", "1,1,1,1,0"})
    void andTheOtherSettingsMustBePositive(
        int workers, int capacity, int maxBatch, int inHand, int waiting) {
      assertThatThrownBy(
              () ->
                  started(
                      pool()
                          .workers(workers)
                          .capacity(capacity)
                          .maxBatch(maxBatch)
                          .perParty(inHand, waiting)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Nested
  class Metrics {

    @Test
    void showTheQueueAndTheWorkers() throws Exception {
      WorkerPool<String, String> pool = started(pool().workers(2).capacity(4));
      for (int i = 0; i < 2; i++) {
        pool.submit("in hand " + i, LATER);
      }
      handler.awaitInHand(2);
      for (int i = 0; i < 3; i++) {
        pool.submit("queued " + i, LATER);
      }

      assertThat(gauge("quittance.pool.queue.depth")).isEqualTo(3);
      assertThat(gauge("quittance.pool.queue.capacity")).isEqualTo(4);
      assertThat(gauge("quittance.pool.queue.utilisation")).isEqualTo(0.75);
      assertThat(gauge("quittance.pool.workers")).isEqualTo(2);
      assertThat(gauge("quittance.pool.workers.busy")).isEqualTo(2);

      handler.letGo(5);
      awaitJobs("ok", 5);
      await().untilAsserted(() -> assertThat(gauge("quittance.pool.workers.busy")).isZero());
      assertThat(gauge("quittance.pool.queue.depth")).isZero();
    }

    @Test
    void showTheSizesOfBatchesAndTheTimeInTheQueue() throws Exception {
      WorkerPool<String, String> pool = busy(pool().maxBatch(10));
      for (int i = 0; i < 4; i++) {
        pool.submit("job " + i, LATER);
      }
      handler.letGo(2);
      awaitJobs("ok", 5);

      var batches = registry.get("quittance.pool.batch.size").tag("pool", "test").summary();
      assertThat(batches.count()).isEqualTo(2);
      assertThat(batches.max()).isEqualTo(4);
      assertThat(registry.get("quittance.pool.queued").tag("pool", "test").timer().count())
          .isEqualTo(5);
    }
  }
}
