package io.quittance.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.testing.Proves;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;

class ResourceLookupsTest {

  private static final UUID ONE = UUID.randomUUID();
  private static final UUID OTHER = UUID.randomUUID();

  private final ResourceLookups lookups = new ResourceLookups(new SimpleMeterRegistry());
  private final CountDownLatch released = new CountDownLatch(1);

  @AfterEach
  void close() {
    released.countDown();
    lookups.close();
  }

  private static Deadline far() {
    return Deadline.after(Duration.ofMinutes(1));
  }

  private String hang() {
    try {
      released.await();
      return "late";
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @Proves("what a change is about")
  void answersByTheDeadline() {
    assertThatThrownBy(() -> lookups.find(ONE, Deadline.after(Duration.ofMillis(10)), this::hang))
        .isInstanceOfSatisfying(
            Problem.class,
            late -> {
              assertThat(late.code()).isEqualTo(ProblemCode.DEADLINE_EXCEEDED);
              assertThat(late.saysNothingHappened()).isTrue();
            });
  }

  @Test
  void goesOnForOthersWhateverOneMerchantsRowsHang() {
    var begun = new CountDownLatch(1);
    CompletableFuture<String> hanging =
        CompletableFuture.supplyAsync(
            () ->
                lookups.find(
                    ONE,
                    far(),
                    () -> {
                      begun.countDown();
                      return hang();
                    }));
    assertThat(begun).satisfies(CountDownLatch::await);
    assertThatThrownBy(() -> lookups.find(ONE, Deadline.after(Duration.ofMillis(10)), () -> "own"))
        .isInstanceOf(Problem.class);

    assertThat(lookups.find(OTHER, far(), () -> "found")).isEqualTo("found");
    released.countDown();
    assertThat(hanging.join()).isEqualTo("late");
  }

  @Test
  void saysThatNothingHappenedWhenTheDatabaseIsAway() {
    var away = new DataAccessResourceFailureException("away");

    assertThatThrownBy(
            () ->
                lookups.find(
                    ONE,
                    far(),
                    () -> {
                      throw away;
                    }))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> {
              assertThat(problem.code()).isEqualTo(ProblemCode.DEPENDENCY_UNAVAILABLE);
              assertThat(problem.saysNothingHappened()).isTrue();
            });
  }

  @Test
  void givesARepetitionTimeWhoseOwnIsOver() {
    assertThat(lookups.findLate(ONE, Deadline.after(Duration.ZERO), () -> "found"))
        .isEqualTo("found");
  }
}
