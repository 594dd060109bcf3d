package io.quittance.analytics.pane;

import java.time.Duration;
import java.util.Arrays;

/** The lengths of panes, and how long panes of each length are kept. All of them begin in UTC. */
public enum Step {
  SECOND(1, Duration.ofMinutes(15)),
  MINUTE(60, Duration.ofDays(7)),
  HOUR(3600, Duration.ofDays(400));

  private final int seconds;
  private final Duration retention;

  Step(int seconds, Duration retention) {
    this.seconds = seconds;
    this.retention = retention;
  }

  /** The step with this many seconds. */
  static Step of(int seconds) {
    return Arrays.stream(values())
        .filter(step -> step.seconds == seconds)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no step has %d s".formatted(seconds)));
  }

  public int seconds() {
    return seconds;
  }

  /** Panes that began longer ago are not changed any more, and may be deleted. */
  public Duration retention() {
    return retention;
  }

  /** The beginning of the pane in which a second lies; both in seconds since 1970. */
  public long startOf(long epochSecond) {
    return Math.floorDiv(epochSecond, seconds) * seconds;
  }
}
