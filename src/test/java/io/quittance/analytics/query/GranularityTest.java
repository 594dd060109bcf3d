package io.quittance.analytics.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.analytics.pane.Step;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GranularityTest {

  @ParameterizedTest
  @CsvSource({
    "SECOND, 2026-01-31T12:34:56Z, 2026-01-31T12:34:56Z, 2026-01-31T12:34:56Z",
    "MINUTE, 2026-01-31T12:34:56Z, 2026-01-31T12:34:00Z, 2026-01-31T12:35:00Z",
    "HOUR, 2026-01-31T12:00:00Z, 2026-01-31T12:00:00Z, 2026-01-31T12:00:00Z",
    "DAY, 2026-01-31T00:00:01Z, 2026-01-31T00:00:00Z, 2026-02-01T00:00:00Z",
    "DAY, 1969-12-31T23:59:59Z, 1969-12-31T00:00:00Z, 1970-01-01T00:00:00Z"
  })
  void roundsToWholePointsInUtc(Granularity step, Instant at, Instant start, Instant end) {
    assertThat(step.startOf(at.getEpochSecond())).isEqualTo(start.getEpochSecond());
    assertThat(step.endOf(at.getEpochSecond())).isEqualTo(end.getEpochSecond());
  }

  @Test
  void makesEachPointOfWholePanes() {
    for (Granularity step : Granularity.values()) {
      assertThat(step.seconds() % step.panes().seconds()).as(step.text()).isZero();
    }
    assertThat(Granularity.DAY.panes()).isEqualTo(Step.HOUR);
  }
}
