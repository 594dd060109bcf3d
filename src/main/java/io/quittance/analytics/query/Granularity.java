package io.quittance.analytics.query;

import com.fasterxml.jackson.annotation.JsonValue;
import io.quittance.analytics.pane.Step;
import java.time.Duration;

/** The step of a series, in UTC: its points, and the panes that they are made of. */
enum Granularity {
  SECOND("1s", 1, Step.SECOND, Duration.ofMinutes(15)),
  MINUTE("1m", 60, Step.MINUTE, Duration.ofHours(1)),
  HOUR("1h", 3_600, Step.HOUR, Duration.ofDays(1)),
  DAY("1d", 86_400, Step.HOUR, Duration.ofDays(30));

  private final String text;
  private final int seconds;
  private final Step panes;
  private final Duration usual;

  Granularity(String text, int seconds, Step panes, Duration usual) {
    this.text = text;
    this.seconds = seconds;
    this.panes = panes;
    this.usual = usual;
  }

  @JsonValue
  String text() {
    return text;
  }

  int seconds() {
    return seconds;
  }

  Step panes() {
    return panes;
  }

  /** How much of the past is shown if {@code from} is left out. */
  Duration usual() {
    return usual;
  }

  /** The beginning of the point in which a second lies. */
  long startOf(long epochSecond) {
    return Math.floorDiv(epochSecond, seconds) * seconds;
  }

  /** The first beginning of a point at or after a second. */
  long endOf(long epochSecond) {
    return Math.ceilDiv(epochSecond, seconds) * seconds;
  }
}
