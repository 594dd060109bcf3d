package io.quittance.analytics.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.web.query.QueryParameters;
import java.time.Instant;
import java.util.Set;
import java.util.TimeZone;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockHttpServletRequest;

/** Windows of time are those of UTC, wherever the service runs and whatever clocks do there. */
class TimeRangeParametersTest {

  private static final Instant NOW = Instant.parse("2026-03-29T01:00:30.5Z");

  private final TimeZone zone = TimeZone.getDefault();

  @BeforeEach
  void goToBerlin() {
    TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
  }

  @AfterEach
  void comeBack() {
    TimeZone.setDefault(zone);
  }

  private static String span(String from, String to, Granularity step) {
    var request = new MockHttpServletRequest();
    if (!from.isEmpty()) {
      request.setParameter("from", from);
    }
    if (!to.isEmpty()) {
      request.setParameter("to", to);
    }
    QueryParameters query = QueryParameters.of(request, Set.of("from", "to"));
    TimeRangeParameters time = TimeRangeParameters.of(query, step, step.usual(), NOW);
    query.check();
    TimeRange range = time.in(step);
    return Instant.ofEpochSecond(range.from()) + " " + Instant.ofEpochSecond(range.to());
  }

  /** On 2026-03-29 at 01:00 UTC clocks in Berlin go from 2 to 3, on 2026-10-25 back again. */
  @ParameterizedTest
  @CsvSource({
    "DAY, 2026-03-29T00:30:00+01:00, 2026-03-30T01:00:00+02:00, 2026-03-28T00:00:00Z 2026-03-30T00:00:00Z",
    "DAY, 2026-10-25T00:30:00Z, 2026-10-25T23:59:59.9Z, 2026-10-25T00:00:00Z 2026-10-26T00:00:00Z",
    "HOUR, 2026-03-29T01:59:59+01:00, 2026-03-29T03:00:01+02:00, 2026-03-29T00:00:00Z 2026-03-29T02:00:00Z",
    "HOUR, 2026-10-25T02:30:00+02:00, 2026-10-25T02:30:00+01:00, 2026-10-25T00:00:00Z 2026-10-25T02:00:00Z",
    "MINUTE, 2026-12-31T23:59:30Z, 2027-01-01T00:00:00Z, 2026-12-31T23:59:00Z 2027-01-01T00:00:00Z",
    "SECOND, 2026-12-31T23:59:59.999Z, 2027-01-01T00:00:00.001Z, 2026-12-31T23:59:59Z 2027-01-01T00:00:01Z"
  })
  void beginsAndEndsWithAWholeStepOfUtc(Granularity step, String from, String to, String whole) {
    assertThat(span(from, to, step)).isEqualTo(whole);
  }

  @Test
  void endsNowIfNobodySays() {
    assertThat(span("", "", Granularity.SECOND))
        .isEqualTo("2026-03-29T00:45:30Z 2026-03-29T01:00:31Z");
    assertThat(span("", "", Granularity.DAY))
        .isEqualTo("2026-02-27T00:00:00Z 2026-03-30T00:00:00Z");
    assertThat(span("2026-03-29T01:00:00Z", "", Granularity.MINUTE))
        .isEqualTo("2026-03-29T01:00:00Z 2026-03-29T01:01:00Z");
  }

  @Test
  void endsAsLateAsCanBeAskedForAfterABeginningLongAgo() {
    assertThat(span("2020-01-01T00:00:00Z", "", Granularity.MINUTE))
        .isEqualTo("2020-01-01T00:00:00Z 2020-01-08T00:00:00Z");
  }
}
