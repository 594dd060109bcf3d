package io.quittance.webhook.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.webhook.WebhookProperties;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When a delivery is attempted again. */
class RetryScheduleTest {

  private final Clock clock = Clock.fixed(Instant.parse("2026-01-02T00:00:00Z"), ZoneOffset.UTC);

  @Test
  void allowsTenAttemptsOverThreeDays() {
    Duration total =
        IntStream.rangeClosed(1, 9)
            .mapToObj(attempts -> RetrySchedule.forEndpoint(attempts, null).orElseThrow())
            .reduce(Duration.ZERO, Duration::plus);

    assertThat(total)
        .isBetween(Duration.ofHours(75), Duration.ofHours(84))
        .isLessThan(WebhookProperties.EVENT_RETENTION_ADVISED);
    assertThat(RetrySchedule.forEndpoint(10, Duration.ofSeconds(1))).isEmpty();
  }

  @Test
  void spreadsWhatFailedTogether() {
    assertThat(
            IntStream.range(0, 100)
                .mapToObj(i -> RetrySchedule.forEndpoint(2, null).orElseThrow())
                .distinct())
        .hasSizeGreaterThan(10)
        .allSatisfy(
            pause -> assertThat(pause).isBetween(Duration.ofMinutes(5), Duration.ofSeconds(330)));
  }

  @Test
  void neverComesEarlierThanAsked() {
    assertThat(RetrySchedule.forEndpoint(1, Duration.ofHours(1))).contains(Duration.ofHours(1));
    assertThat(RetrySchedule.forEndpoint(3, Duration.ofSeconds(1)).orElseThrow())
        .isGreaterThanOrEqualTo(Duration.ofMinutes(30));
  }

  @Test
  void readsRetryAfterAsSecondsOrAsADate() {
    assertThat(RetrySchedule.retryAfter("120", clock)).isEqualTo(Duration.ofMinutes(2));
    assertThat(RetrySchedule.retryAfter("Fri, 02 Jan 2026 00:05:00 GMT", clock))
        .isEqualTo(Duration.ofMinutes(5));
    assertThat(RetrySchedule.retryAfter("999999999", clock)).isEqualTo(Duration.ofDays(1));
    assertThat(RetrySchedule.retryAfter("Thu, 01 Jan 2026 00:00:00 GMT", clock)).isNull();
    for (String nonsense : new String[] {"soon", "-1", "1e9", "", "99999999999999999999"}) {
      assertThat(RetrySchedule.retryAfter(nonsense, clock)).isNull();
    }
    assertThat(RetrySchedule.retryAfter(null, clock)).isNull();
  }

  @Test
  void neverGivesUpOnTheOperator() {
    Duration limit = Duration.ofMinutes(5);

    assertThat(RetrySchedule.forOperator(1, limit)).isBetween(Duration.ofSeconds(1), limit);
    assertThat(RetrySchedule.forOperator(1_000, limit)).isBetween(limit, Duration.ofSeconds(375));
  }
}
