package io.quittance.payment.create;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AnswerReserveTest {

  private final AtomicLong time = new AtomicLong();
  private final AnswerReserve reserve = new AnswerReserve(time::get);

  @Test
  void oneThatIsLateCountsForAHundredThatAreNot() {
    note(20, true);
    assertThat(reserve.get()).isEqualTo(Duration.ofMillis(60));
    note(2_000, false);
    assertThat(reserve.get()).isEqualTo(Duration.ofMillis(40));
    note(10_000, false);
    assertThat(reserve.get()).isZero();
    note(1_000, true);
    assertThat(reserve.get()).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void isPrudentBeforeItHasLearnedAnything() {
    assertThat(reserve.get()).isEqualTo(Duration.ofMillis(40));
  }

  @Test
  void forgetsWithTimeWhatItHasLearned() {
    note(40, true);
    time.addAndGet(Duration.ofSeconds(20).toNanos());
    assertThat(reserve.get()).isEqualTo(Duration.ofMillis(60));
    note(1, true);
    assertThat(reserve.get()).isEqualTo(Duration.ofMillis(61));
    time.addAndGet(Duration.ofHours(1).toNanos());
    assertThat(reserve.get()).isEqualTo(Duration.ofMillis(40));

    note(4_000, false);
    assertThat(reserve.get()).isZero();
    time.addAndGet(Duration.ofSeconds(15).toNanos());
    assertThat(reserve.get()).isEqualTo(Duration.ofMillis(15));
  }

  /** Of work that takes up to 50 ms, one in a hundred takes more than 49.5. */
  @Test
  void findsWhatIsEnoughForAllButOneInAHundred() {
    var random = new SplittableRandom(1);
    for (int i = 0; i < 50_000; i++) {
      reserve.note(reserve.get().toNanos() < random.nextLong(50_000_000));
    }
    int late = 0;
    for (int i = 0; i < 50_000; i++) {
      boolean tooLate = reserve.get().toNanos() < random.nextLong(50_000_000);
      late += tooLate ? 1 : 0;
      reserve.note(tooLate);
    }
    assertThat(late).isBetween(400, 600);
  }

  private void note(int times, boolean late) {
    IntStream.range(0, times).forEach(_ -> reserve.note(late));
  }
}
