package io.quittance.webhook.courier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.quittance.concurrency.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
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

  /** Who is in, each for a merchant of its own. */
  private final Map<String, Deque<UUID>> inside = new ConcurrentHashMap<>();

  private boolean enter(String host, Deadline deadline) throws InterruptedException {
    UUID merchant = UUID.randomUUID();
    boolean entered = limits.enter(host, merchant, deadline);
    if (entered) {
      inside.computeIfAbsent(host, _ -> new ConcurrentLinkedDeque<>()).add(merchant);
    }
    return entered;
  }

  private void enter(String host) throws InterruptedException {
    assertThat(enter(host, LONG)).isTrue();
  }

  private Future<?> entering(String host) {
    return threads.submit(
        () -> {
          enter(host);
          return null;
        });
  }

  private void leave(String host) {
    limits.leave(host, inside.get(host).remove());
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
    leave("b");
    assertThat(third.isDone()).isFalse();
    leave("a");
    third.get();
  }

  @Test
  void leavesAPlaceAtAHostToOtherMerchants() throws Exception {
    UUID slow = UUID.randomUUID();
    UUID other = UUID.randomUUID();
    assertThat(limits.enter("a", slow, LONG)).isTrue();
    Future<Boolean> second = threads.submit(() -> limits.enter("a", slow, LONG));

    for (int i = 0; i < 10; i++) {
      assertThat(limits.enter("a", other, LONG)).isTrue();
      limits.leave("a", other);
    }
    assertThat(second.isDone()).isFalse();
    limits.leave("a", slow);
    assertThat(second.get()).isTrue();
  }

  @Test
  void letsNoMoreInThanTheTotal() throws Exception {
    enter("a");
    enter("b");
    enter("c");
    Future<?> fourth = entering("d");
    await().until(() -> limits.hosts() == 4);
    assertThat(fourth.isDone()).isFalse();
    leave("a");
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
                      leave("a");
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  });
      await()
          .pollInterval(Duration.ofMillis(1))
          .until(() -> waiting.getState() == Thread.State.TIMED_WAITING);

      leave("a");
      enter("a");
      order.add("came back");

      waiting.join();
      assertThat(order).containsExactly("waited", "came back");
      leave("a");
      leave("a");
    }
  }

  @Test
  void letsNobodyInAfterTheDeadlineAndLosesNothing() throws Exception {
    enter("a");
    enter("a");
    assertThat(enter("a", Deadline.after(Duration.ofMillis(20)))).isFalse();
    enter("b");
    assertThat(enter("c", Deadline.after(Duration.ofMillis(20)))).as("the total").isFalse();
    assertThat(limits.hosts()).isEqualTo(2);

    leave("b");
    enter("c");
    leave("a");
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
    leave("a");
    leave("a");
    leave("b");
    assertThat(limits.hosts()).isZero();
    enter("a");
    enter("a");
    enter("b");
  }
}
