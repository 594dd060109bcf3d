package io.quittance.ledger.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quittance.web.Problem;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeriodTest {

  @Test
  void boundsTimesAsTheyAreShown() {
    Period period = Period.of("2026-01-01T00:00:00.0005Z", "2026-01-01T01:00:00.001+01:00");

    assertThat(period.from()).isEqualTo(Instant.parse("2026-01-01T00:00:00.001Z"));
    assertThat(period.to()).isEqualTo(Instant.parse("2026-01-01T00:00:00.001Z"));
  }

  @Test
  void takesAnInstantForItsWholeMillisecond() {
    Instant through = Period.through(Instant.parse("2026-01-01T00:00:00.000001Z"));

    assertThat(through).isEqualTo(Instant.parse("2026-01-01T00:00:00.001Z"));
  }

  @Test
  void refusesAnEndBeforeTheBeginning() {
    assertThatThrownBy(() -> Period.of("2026-01-01T00:00:00Z", "2025-01-01T00:00:00Z"))
        .isInstanceOf(Problem.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2026-01-01",
        "2026-01-01T00:00Z",
        "2026-01-01T00:00:00",
        "2026-02-30T00:00:00Z",
        "2026-01-01T25:00:00Z",
        "2026-01-01T00:00:00 01:00",
        "+12026-01-01T00:00:00Z",
        "1767225600",
        "2026-01-01T00:00:00Z\n"
      })
  void refusesWhatIsNoTimeAfterRfc3339(String text) {
    assertThatThrownBy(() -> Period.of(text, null)).isInstanceOf(Problem.class);
  }
}
