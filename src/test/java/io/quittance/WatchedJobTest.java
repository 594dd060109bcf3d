package io.quittance;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.dao.QueryTimeoutException;

/** What is told of a job that succeeds, and of one that does not. */
@ExtendWith(OutputCaptureExtension.class)
class WatchedJobTest {

  private static final String LINE = "The job Sweep.run failed and will run again: too slow";

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private long nanos = Long.MAX_VALUE - 5;
  private @Nullable RuntimeException failure;

  private final WatchedJob job =
      WatchedJob.of(
          new Runnable() {
            @Override
            public void run() {
              if (failure != null) {
                throw failure;
              }
            }

            @Override
            public String toString() {
              return "io.quittance.some.Sweep.run";
            }
          },
          Duration.ofMillis(1500),
          registry,
          () -> nanos);

  @Test
  void itsAgeIsTheTimeSinceItsLastSuccess() {
    pass(Duration.ofSeconds(30));
    assertThat(gauge("age")).as("since the start").isEqualTo(30);

    job.run();
    assertThat(gauge("age")).isZero();

    failure = new QueryTimeoutException("too slow");
    pass(Duration.ofSeconds(5));
    job.run();
    assertThat(gauge("age")).isEqualTo(5);
    assertThat(gauge("interval")).isEqualTo(1.5);
  }

  @Test
  void itsFailuresAreLoggedOnceAMinute(CapturedOutput output) {
    failure = new QueryTimeoutException("too slow");
    job.run();
    pass(Duration.ofSeconds(59));
    job.run();
    assertThat(output.getOut()).containsOnlyOnce(LINE);

    pass(Duration.ofSeconds(1));
    job.run();
    assertThat(output.getOut().split(LINE, -1)).hasSize(3);
  }

  @Test
  void aDefectIsLoggedWithItsStackTrace(CapturedOutput output) {
    failure = new UndeclaredThrowableException(new IOException("no such thing"));

    job.run();

    assertThat(output.getOut())
        .contains("The job Sweep.run failed", "java.io.IOException: no such thing", "\tat ")
        .doesNotContain("UndeclaredThrowable");
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  private double gauge(String name) {
    return registry.get("quittance.scheduled." + name).tag("task", "Sweep.run").gauge().value();
  }
}
