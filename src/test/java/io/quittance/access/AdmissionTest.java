package io.quittance.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who is let in, and how many at once. */
class AdmissionTest {

  private static final Duration PATIENT = Duration.ofSeconds(2);
  private static final Duration TARGET = Duration.ofMillis(500);

  private Duration expected = Duration.ZERO;
  private long now;
  private final Admission admission = admission(10, 80);

  private Admission admission(int floor, int ceiling) {
    return new Admission(
        new AdmissionProperties(true, floor, ceiling, TARGET),
        () -> expected,
        new SimpleMeterRegistry(),
        () -> now);
  }

  @Test
  void startsWithHalfItsCeilingAndLeavesRoomForWhatIsMoreUrgent() {
    assertThat(entering(Priority.REPORT, 100)).isEqualTo(20);
    assertThat(entering(Priority.BEGINNING, 100)).isEqualTo(36 - 20);
    assertThat(entering(Priority.OPERATION, 100)).isEqualTo(40 - 36);
    assertThat(entering(Priority.UNDER_WAY, 100)).isEqualTo(50 - 40);
    assertThat(entering(Priority.UNDER_WAY, 1)).isZero();
  }

  @Test
  void letsTheNextOneInWhenOneHasLeft() {
    assertThat(entering(Priority.BEGINNING, 36)).isEqualTo(36);
    assertThat(entering(Priority.BEGINNING, 1)).isZero();

    admission.leave();

    assertThat(entering(Priority.BEGINNING, 1)).isEqualTo(1);
  }

  @Test
  void letsFewerInWhileWorkTakesTooLongButNeverFewerThanItsFloor() {
    expected = TARGET.plusMillis(1);

    pass(Duration.ofMillis(100));
    assertThat(admission.limit()).isEqualTo(36);

    for (int i = 0; i < 100; i++) {
      pass(Duration.ofMillis(100));
    }
    assertThat(admission.limit()).isEqualTo(10);
  }

  @Test
  void letsMoreInWhileItsLimitIsReachedAndWorkIsQuick() {
    expected = TARGET.minusMillis(1);

    pass(Duration.ofMillis(100));
    assertThat(admission.limit()).as("nobody is there").isEqualTo(40);

    for (int i = 0; i < 100; i++) {
      entering(Priority.BEGINNING, 10);
      pass(Duration.ofMillis(100));
    }
    assertThat(admission.limit()).isEqualTo(80);
  }

  @Test
  void forgetsWhenThereIsLittleToDo() {
    expected = TARGET.plusMillis(1);
    for (int i = 0; i < 100; i++) {
      pass(Duration.ofMillis(100));
    }
    expected = TARGET.minusMillis(1);

    for (int i = 0; i < 100; i++) {
      pass(Duration.ofMillis(100));
    }

    assertThat(admission.limit()).isEqualTo(40);
  }

  @Test
  void refusesWhoeverCannotWaitAsLongAsItTakes() {
    expected = Duration.ofMillis(100);

    assertThat(enter(Priority.BEGINNING, Duration.ofMillis(99))).isFalse();
    assertThat(enter(Priority.OPERATION, Duration.ofMillis(99))).isFalse();
    assertThat(enter(Priority.BEGINNING, Duration.ofMillis(100))).isTrue();
    assertThat(enter(Priority.UNDER_WAY, Duration.ofMillis(99))).isTrue();
  }

  @Test
  void saysWhenWhatIsUnderWayWillBeDone() {
    entering(Priority.BEGINNING, 30);
    for (int tick = 0; tick < 100; tick++) {
      admission.leave();
      now += Duration.ofMillis(100).toNanos();
      assertThat(enter(Priority.BEGINNING, PATIENT)).isTrue();
    }

    // One every 100 ms, and 30 are there.
    assertThat(admission.retryAfter())
        .isBetween(Duration.ofMillis(2_900), Duration.ofMillis(3_100));
  }

  @Test
  void startsAgainAfterALongSilence() {
    expected = TARGET.plusMillis(1);
    for (int i = 0; i < 100; i++) {
      pass(Duration.ofMillis(100));
    }

    pass(Duration.ofSeconds(6));

    assertThat(admission.limit()).isEqualTo(40);
  }

  @Test
  void letsEverybodyInWhenItIsOff() {
    var off =
        new Admission(
            new AdmissionProperties(false, 1, 1, TARGET),
            () -> Duration.ofHours(1),
            new SimpleMeterRegistry());

    assertThat(
            IntStream.range(0, 100)
                .allMatch(i -> off.enter(new Arrival(Priority.REPORT, PATIENT, null))))
        .isTrue();
  }

  /** Time passes, and somebody looks in. */
  private void pass(Duration time) {
    now += time.toNanos();
    boolean in = enter(Priority.UNDER_WAY, PATIENT);
    if (in) {
      admission.leave();
    }
  }

  private boolean enter(Priority priority, Duration patience) {
    return admission.enter(new Arrival(priority, patience, null));
  }

  private long entering(Priority priority, int count) {
    return IntStream.range(0, count).filter(i -> enter(priority, PATIENT)).count();
  }
}
