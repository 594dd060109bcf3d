package io.quittance.concurrency.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class RememberedLookupTest {

  private final AtomicInteger queries = new AtomicInteger();
  private final BlockingQueue<CountDownLatch> hanging = new LinkedBlockingQueue<>();
  private final ExecutorService askers = Executors.newVirtualThreadPerTaskExecutor();
  private final RememberedLookup<String, Integer> lookup =
      new RememberedLookup<>(
          "lookups", this::find, 100, Duration.ofMinutes(1), new SimpleMeterRegistry());

  /** The number of the query; a query hangs for as long as a latch says so. */
  private void find(List<Job<String, Integer>> jobs) throws InterruptedException {
    int number = queries.incrementAndGet();
    CountDownLatch latch = hanging.poll();
    if (latch != null) {
      latch.await();
    }
    jobs.forEach(
        job ->
            job.complete(
                () -> {
                  if (job.item().isEmpty()) {
                    throw new IllegalArgumentException("empty");
                  }
                  return number;
                }));
  }

  @AfterEach
  void close() {
    lookup.close();
    askers.close();
  }

  @Test
  void remembersAnAnswerUntilItIsForgotten() throws Exception {
    assertThat(lookup.get("a", patient())).isEqualTo(1);
    assertThat(lookup.get("a", patient())).isEqualTo(1);

    lookup.forget("a");
    assertThat(lookup.get("a", patient())).isEqualTo(2);

    assertThat(lookup.get("b", patient())).isEqualTo(3);
    lookup.forgetIf(answer -> answer == 2);
    assertThat(lookup.get("b", patient())).isEqualTo(3);
    assertThat(lookup.get("a", patient())).isEqualTo(4);
  }

  @Test
  void remembersNoFailure() throws Exception {
    assertThatThrownBy(() -> lookup.get("", patient())).hasMessage("empty");
    assertThatThrownBy(() -> lookup.get("", patient())).hasMessage("empty");

    assertThat(queries).hasValue(2);
  }

  @Test
  void beginsAnewAfterALookUpThatDidNotAnswerInTime() throws Exception {
    var latch = new CountDownLatch(1);
    hanging.add(latch);

    assertThatThrownBy(() -> lookup.get("a", Deadline.after(Duration.ofMillis(50))))
        .isInstanceOf(DeadlineExceededException.class);

    assertThat(lookup.get("a", patient())).isEqualTo(2);
    latch.countDown();
  }

  /** Who asks second has time left when the first one's deadline has passed. */
  @Test
  void leavesNobodyToAnothersDeadline() throws Exception {
    var both = new CountDownLatch(1);
    hanging.add(both);
    hanging.add(both);
    Future<Integer> other = askers.submit(() -> lookup.get("x", patient()));
    awaitQueries(1);
    Future<Integer> another = askers.submit(() -> lookup.get("y", patient()));
    awaitQueries(2);
    // Both workers hang, so that the look-up waits in the queue when its first asker gives up.
    Future<Integer> hasty =
        askers.submit(() -> lookup.get("a", Deadline.after(Duration.ofMillis(200))));
    Future<Integer> patient = askers.submit(() -> lookup.get("a", patient()));
    assertThatThrownBy(hasty::get).hasCauseInstanceOf(DeadlineExceededException.class);

    both.countDown();

    assertThat(patient.get()).isPositive();
    assertThat(other.get()).isPositive();
    assertThat(another.get()).isPositive();
  }

  /**
   * It began before everything was forgotten, so it may answer what is not true any more. Often,
   * for the look-up may be added just when what is there is looked through.
   */
  @RepeatedTest(100)
  void doesNotRememberAnAnswerToAnOlderQuestion() throws Exception {
    var latch = new CountDownLatch(1);
    hanging.add(latch);
    Future<Integer> early = askers.submit(() -> lookup.get("a", patient()));
    awaitQueries(1);

    lookup.forgetIf(_ -> false);
    latch.countDown();

    assertThat(early.get()).isEqualTo(1);
    assertThat(lookup.get("a", patient())).isEqualTo(2);
  }

  private void awaitQueries(int number) {
    while (queries.get() < number) {
      Thread.onSpinWait();
    }
  }

  private static Deadline patient() {
    return Deadline.after(Duration.ofMinutes(1));
  }
}
