package io.quittance.webhook.courier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.quittance.concurrency.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HostLimitsTest {

  private static final Deadline LONG = Deadline.after(Duration.ofHours(1));

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HostLimits limits = new HostLimits(3, 2);

  private void enter(String host) throws InterruptedException {
    assertThat(limits.enter(host, LONG)).isTrue();
  }

  private Future<?> entering(String host) {
    return threads.submit(
        () -> {
          assertThat(limits.enter(host, LONG)).isTrue();
          return null;
        });
  }

  @AfterEach
  void close() {
    threads.shutdownNow();
    threads.close();
  }

  @Test
  void letsAHostInUpToItsLimitAndOthersPastIt() throws Exception {
    enter("a");
    enter("a");
    Future<?> third = entering("a");
    enter("b");
    assertThat(third.isDone()).isFalse();
    limits.leave("b");
    assertThat(third.isDone()).isFalse();
    limits.leave("a");
    third.get();
  }

  @Test
  void letsNoMoreInThanTheTotal() throws Exception {
    enter("a");
    enter("b");
    enter("c");
    Future<?> fourth = entering("d");
    await().until(() -> limits.hosts() == 4);
    assertThat(fourth.isDone()).isFalse();
    limits.leave("a");
    fourth.get();
  }

  /** Whoever leaves and comes back at once would else be there before the one that was woken. */
  @Test
  void letsThoseWhoWaitInBeforeThoseWhoComeBack() throws Exception {
    for (int round = 0; round < 30; round++) {
      List<String> order = new CopyOnWriteArrayList<>();
      enter("a");
      enter("a");
      Thread waiting =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      enter("a");
                      order.add("waited");
                      limits.leave("a");
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  });
      await()
          .pollInterval(Duration.ofMillis(1))
          .until(() -> waiting.getState() == Thread.State.TIMED_WAITING);

      limits.leave("a");
      enter("a");
      order.add("came back");

      waiting.join();
      assertThat(order).containsExactly("waited", "came back");
      limits.leave("a");
      limits.leave("a");
    }
  }

  @Test
  void letsNobodyInAfterTheDeadlineAndLosesNothing() throws Exception {
    enter("a");
    enter("a");
    assertThat(limits.enter("a", Deadline.after(Duration.ofMillis(20)))).isFalse();
    enter("b");
    assertThat(limits.enter("c", Deadline.after(Duration.ofMillis(20)))).as("the total").isFalse();
    assertThat(limits.hosts()).isEqualTo(2);

    limits.leave("b");
    enter("c");
    limits.leave("a");
    enter("a");
  }

  @Test
  void losesNothingToThoseWhoGiveUp() throws Exception {
    enter("a");
    enter("a");
    enter("b");
    List<Future<?>> waiting = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      waiting.add(entering("a"));
      waiting.add(entering("h" + i));
    }
    await().until(() -> limits.hosts() == 102);
    for (Future<?> future : waiting) {
      future.cancel(true);
      assertThatThrownBy(future::get).isInstanceOf(CancellationException.class);
    }
    await().until(() -> limits.hosts() == 2);
    limits.leave("a");
    limits.leave("a");
    limits.leave("b");
    assertThat(limits.hosts()).isZero();
    enter("a");
    enter("a");
    enter("b");
  }
}
