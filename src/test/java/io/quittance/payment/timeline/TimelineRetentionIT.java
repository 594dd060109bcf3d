package io.quittance.payment.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.database.Dialect;
import io.quittance.payment.PaymentProperties;
import io.quittance.testing.Postgres;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.transaction.support.TransactionOperations;

/** Timelines are forgotten by the day. */
class TimelineRetentionIT {

  private static final Instant NOW = Instant.now();

  abstract static class Retention {

    @Autowired JdbcClient jdbc;
    @Autowired JdbcOperations operations;
    @Autowired TransactionOperations transactions;
    @Autowired Dialect dialect;

    @Test
    void forgetsTimelinesAfterTheirTimeAndNotBefore() {
      // The service itself sweeps when it starts; while it does, nobody else can.
      Awaitility.await()
          .ignoreExceptions()
          .until(
              () -> {
                sweep(Duration.ZERO);
                open("next week", Duration.ofDays(6));
                return true;
              });
      open("today", Duration.ZERO);
      open("tomorrow", Duration.ofDays(1));

      sweep(Duration.ofDays(29));
      assertThat(bodies()).contains("today", "tomorrow", "next week");

      sweep(Duration.ofDays(34));
      assertThat(bodies()).contains("next week").doesNotContain("today", "tomorrow");

      open("much later", Duration.ofDays(34));
      sweep(Duration.ofDays(63));
      assertThat(bodies()).containsExactly("much later");

      sweep(Duration.ofDays(400));
      open("after a long silence", Duration.ofDays(400));
      assertThat(bodies()).containsExactly("after a long silence");
    }

    private void sweep(Duration later) {
      new TimelineRetention(
              operations,
              transactions,
              dialect,
              new PaymentProperties(
                  Duration.ofSeconds(1),
                  Duration.ofSeconds(1),
                  Duration.ofSeconds(1),
                  Duration.ofSeconds(1),
                  Duration.ofSeconds(1),
                  Duration.ofDays(30)))
          .sweep(NOW.plus(later));
    }

    private void open(String body, Duration later) {
      OffsetDateTime at = NOW.plus(later).atOffset(ZoneOffset.UTC);
      jdbc.sql("insert into payment_timelines values (?, ?, ?, ?)")
          .params(UUID.randomUUID(), UUID.randomUUID(), at, body)
          .update();
    }

    private List<String> bodies() {
      return jdbc.sql("select body from payment_timelines").query(String.class).list();
    }
  }

  @Nested
  @SpringBootTest(
      properties =
          "spring.datasource.url=jdbc:h2:mem:timelines;DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=5000")
  @ActiveProfiles("sandbox")
  class OnH2 extends Retention {}

  @Nested
  @SpringBootTest
  @ActiveProfiles("sandbox")
  class OnPostgres extends Retention {

    @DynamicPropertySource
    static void database(DynamicPropertyRegistry registry) {
      Postgres.Database database = Postgres.create();
      database.provideTo(registry);
    }
  }
}
