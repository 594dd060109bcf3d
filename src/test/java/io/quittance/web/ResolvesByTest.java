package io.quittance.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.database.Clocks;
import io.quittance.payment.batch.run.BatchDeadlines;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResolvesByTest {

  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final ResolvesBy resolvesBy =
      new ResolvesBy(
          new Clocks(Clock.fixed(NOW, ZoneOffset.UTC)),
          new DeadlineProperties(2_000, 30_000),
          GRACE);

  @ParameterizedTest
  @ValueSource(strings = {"/v1/payments", "/v1/transfers", "/v1/payment-batchesX"})
  void allowsForTheLongestDeadlineOfARequest(String path) {
    assertThat(resolvesBy.ofAnyRequest(path)).isEqualTo(NOW.plusSeconds(30).plus(GRACE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/payment-batches", "/v1/payment-batches/bat_1/resume"})
  void allowsForTheLongestDeadlineOfABatch(String path) {
    assertThat(resolvesBy.ofAnyRequest(path)).isEqualTo(NOW.plusSeconds(600).plus(GRACE));
  }

  /** If batches are granted more, they have to be told of for longer. */
  @Test
  void knowsTheLongestDeadlineOfABatch() {
    for (BatchDeadlines kind : BatchDeadlines.values()) {
      assertThat(kind.longest())
          .isLessThanOrEqualTo(
              Duration.between(NOW, resolvesBy.ofAnyRequest("/v1/payment-batches")).minus(GRACE));
    }
  }
}
