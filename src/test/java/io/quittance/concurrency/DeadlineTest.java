package io.quittance.concurrency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class DeadlineTest {

  private static final Duration BUDGET = Duration.ofMillis(100);

  private final SettableTicker ticker = new SettableTicker();
  private final Deadline deadline = Deadline.after(BUDGET, ticker);

  @Test
  void countsWhatIsUsedAndWhatRemains() {
    ticker.advance(Duration.ofMillis(30));

    assertThat(deadline.granted()).isEqualTo(BUDGET);
    assertThat(deadline.used()).isEqualTo(Duration.ofMillis(30));
    assertThat(deadline.remaining()).isEqualTo(Duration.ofMillis(70));
    assertThat(deadline.remainingNanos()).isEqualTo(70_000_000);
    assertThat(deadline).hasToString("Deadline[70 of 100 ms left]");
  }

  @Test
  void expiresAtItsInstantAndNotBefore() {
    ticker.advance(BUDGET.minusNanos(1));
    assertThat(deadline.expired()).isFalse();

    ticker.advance(Duration.ofNanos(1));
    assertThat(deadline.expired()).isTrue();
  }

  @Test
  void staysExpiredWithNothingLeft() {
    ticker.advance(BUDGET.multipliedBy(3));

    assertThat(deadline.expired()).isTrue();
    assertThat(deadline.remaining()).isZero();
    assertThat(deadline.remainingNanos()).isZero();
    assertThat(deadline.used()).isEqualTo(BUDGET.multipliedBy(3));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, -1_000_000})
  void hasExpiredWhenTheBudgetIsZeroOrLess(long budgetNanos) {
    assertThat(Deadline.after(Duration.ofNanos(budgetNanos), ticker).expired()).isTrue();
  }

  @Test
  void countsTheBudgetFromAnEarlierStart() {
    long anHourAgo = System.nanoTime() - Duration.ofHours(1).toNanos();

    var late = Deadline.startingAt(anHourAgo, Duration.ofMinutes(59));
    var early = Deadline.startingAt(anHourAgo, Duration.ofHours(2));

    assertThat(late.expired()).isTrue();
    assertThat(early.expired()).isFalse();
    assertThat(early.granted()).isEqualTo(Duration.ofHours(2));
    assertThat(early.used()).isGreaterThanOrEqualTo(Duration.ofHours(1));
  }

  @Test
  void givesAChildItsOwnLimitWhenThatEndsFirst() {
    ticker.advance(Duration.ofMillis(10));

    Deadline child = deadline.within(Duration.ofMillis(20));

    assertThat(child.granted()).isEqualTo(Duration.ofMillis(20));
    ticker.advance(Duration.ofMillis(20));
    assertThat(child.expired()).isTrue();
    assertThat(deadline.expired()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {90, 91, 1_000_000})
  void givesAChildTheParentsEndWhenItsLimitIsNotEarlier(long limitMs) {
    ticker.advance(Duration.ofMillis(10));

    assertThat(deadline.within(Duration.ofMillis(limitMs))).isSameAs(deadline);
  }

  @ParameterizedTest
  @ValueSource(longs = {-5, 0, 1, 50, 99, 100, 101, 5_000})
  void neverLetsAChildOutliveItsParent(long limitMs) {
    for (int usedMs = 0; usedMs <= 150; usedMs += 10) {
      Deadline child = deadline.within(Duration.ofMillis(limitMs));
      Deadline grandchild = child.within(Duration.ofMillis(limitMs + 1));

      assertThat(child.remaining()).isLessThanOrEqualTo(deadline.remaining());
      assertThat(grandchild.remaining()).isLessThanOrEqualTo(child.remaining());
      ticker.advance(Duration.ofMillis(10));
    }
  }

  @Test
  void holdsWhenTheClockWrapsAround() {
    var wrapping = new SettableTicker(Long.MAX_VALUE - 5);
    var acrossTheEnd = Deadline.after(Duration.ofNanos(10), wrapping);

    assertThat(acrossTheEnd.expired()).isFalse();
    assertThat(acrossTheEnd.within(Duration.ofNanos(20))).isSameAs(acrossTheEnd);
    assertThat(acrossTheEnd.within(Duration.ofNanos(3)).remainingNanos()).isEqualTo(3);
    wrapping.advance(Duration.ofNanos(9));
    assertThat(acrossTheEnd.remainingNanos()).isEqualTo(1);
    wrapping.advance(Duration.ofNanos(1));
    assertThat(acrossTheEnd.expired()).isTrue();
  }

  @Test
  void awaitReturnsTheFuturesResult() throws Exception {
    assertThat(deadline.<String>await(CompletableFuture.completedFuture("done"))).isEqualTo("done");
  }

  @Test
  void awaitReturnsAResultThatIsThereEvenAfterTheDeadline() throws Exception {
    ticker.advance(BUDGET);

    assertThat(deadline.<String>await(CompletableFuture.completedFuture("done"))).isEqualTo("done");
  }

  @Test
  void awaitGivesUpAtTheDeadlineAndLeavesTheFutureAlone() {
    ticker.advance(BUDGET);
    var open = new CompletableFuture<String>();

    assertThatThrownBy(() -> deadline.await(open)).isInstanceOf(DeadlineExceededException.class);

    assertThat(open).isNotDone();
  }

  @Test
  void awaitThrowsTheFuturesOwnRuntimeException() {
    var failure = new IllegalStateException("own");

    assertThatThrownBy(() -> deadline.await(CompletableFuture.failedFuture(failure)))
        .isSameAs(failure);
  }

  @Test
  void awaitThrowsTheFuturesOwnError() {
    var failure = new AssertionError("own");

    assertThatThrownBy(() -> deadline.await(CompletableFuture.failedFuture(failure)))
        .isSameAs(failure);
  }

  @Test
  void awaitWrapsACheckedException() {
    var failure = new IOException("own");

    assertThatThrownBy(() -> deadline.await(CompletableFuture.failedFuture(failure)))
        .isInstanceOf(CompletionException.class)
        .hasCause(failure);
  }

  @Test
  void awaitTellsOfACanceledFuture() {
    var canceled = new CompletableFuture<String>();
    canceled.cancel(false);

    assertThatThrownBy(() -> deadline.await(canceled)).isInstanceOf(CancellationException.class);
  }

  @Test
  void awaitEndsWhenTheCallerIsInterrupted() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> deadline.await(new CompletableFuture<>()))
        .isInstanceOf(InterruptedException.class);
  }

  @Test
  void awaitsAFutureOnItsOwnClock() {
    var virtual = new SettableTicker.Watched();
    Deadline hour = Deadline.after(Duration.ofHours(1), virtual);
    Thread waiting = Thread.currentThread();
    Thread.ofVirtual()
        .start(
            () -> {
              Waiting.until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
              virtual.advance(Duration.ofHours(1));
            });

    assertThatThrownBy(() -> hour.await(new CompletableFuture<>()))
        .isInstanceOf(DeadlineExceededException.class);
  }
}
