package io.quittance.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.quittance.database.Clocks;
import io.quittance.database.Dialect;
import io.quittance.database.Distribution;
import io.quittance.testing.Postgres;
import io.quittance.testing.Proves;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Forgetting keys costs what there is to forget, however long the service has run. */
class KeyRetentionIT {

  private static final int DAYS = 3;
  private static final int KEYS_AN_HOUR = 500;
  private static final int SWEEP = 500;

  private final Postgres.Database database = Postgres.create().migrated();
  private final JdbcClient jdbc = JdbcClient.create(database.dataSource());

  /** Every hour as many keys come as go, and new ones take the pages of old ones. */
  @Test
  void readsWhatItDeletesAndNoMore() throws Exception {
    OffsetDateTime start = Instant.parse("2026-01-01T00:00:00Z").atOffset(ZoneOffset.UTC);
    for (int hour = 0; hour < DAYS * 24; hour++) {
      add(start.plusHours(hour));
      delete(start.plusHours(hour - 24));
      jdbc.sql("vacuum idempotency_keys").update();
    }
    jdbc.sql("analyze idempotency_keys").update();
    OffsetDateTime oldest =
        jdbc.sql("select min(created_at) from idempotency_keys")
            .query(OffsetDateTime.class)
            .single();

    String delete =
        KeyRetention.KEYS.delete(new Dialect(database.dataSource()), KeyRetention.KEYS_PER_BATCH);
    String plan = explain(delete, oldest.minusSeconds(1), oldest.plusHours(1));

    assertThat(plan).contains("idempotency_keys_by_time").doesNotContain("Seq Scan", "Removed by");
    assertThat(
            explain(KeyRetention.KEYS.last(), oldest.minusSeconds(1), oldest.plusHours(1), SWEEP))
        .contains("idempotency_keys_by_time")
        .doesNotContain("Seq Scan", "Removed by", "Sort");
  }

  @Test
  void sweepsAgainAndAgainOnOneConnection() throws Exception {
    OffsetDateTime now = jdbc.sql("select now()").query(OffsetDateTime.class).single();
    // There are no keys in the last 105 seconds of an hour: a sweep begins with one of them.
    OffsetDateTime start = now.minusDays(2).plusSeconds(100);
    for (int hour = 0; hour < 5; hour++) {
      add(start.plusHours(hour));
    }
    try (var one = new HikariDataSource()) {
      one.setDataSource(database.dataSource());
      one.setMaximumPoolSize(1);
      one.setConnectionTimeout(1_000);
      for (int hour = 0; hour <= 5; hour++) {
        var kept = new IdempotencyProperties(Duration.ofHours(48 - hour), Duration.ofSeconds(10));
        new KeyRetention(new JdbcTemplate(one), new Dialect(one), kept).sweep();

        assertThat(jdbc.sql("select count(*) from idempotency_keys").query(Long.class).single())
            .isEqualTo((5L - hour) * KEYS_AN_HOUR);
      }
    }
  }

  @Test
  void passesOverAKeyThatIsLocked() throws Exception {
    OffsetDateTime now = jdbc.sql("select now()").query(OffsetDateTime.class).single();
    add(now.minusDays(2));
    var impatient =
        new Postgres.Database(database.url() + "&options=-c%20lock_timeout=1s").dataSource();
    var kept = new IdempotencyProperties(Duration.ofHours(24), Duration.ofSeconds(10));
    var retention = new KeyRetention(new JdbcTemplate(impatient), new Dialect(impatient), kept);
    try (Connection holder =
        database.locking("select 1 from idempotency_keys where idempotency_key = '7' for update")) {

      retention.sweep();

      assertThat(
              jdbc.sql("select idempotency_key from idempotency_keys").query(String.class).list())
          .containsExactly("7");
      holder.rollback();
    }
    retention.sweep();

    assertThat(jdbc.sql("select 1 from idempotency_keys").query(Integer.class).list()).isEmpty();
  }

  /** The database's clock after a fail-over, or a replica's. */
  @ParameterizedTest
  @ValueSource(ints = {-2, 2})
  @Proves("the clock of the database is ahead")
  void keepsYoungKeysWhileOneClockIsDaysAhead(int replicaDaysAhead) throws Exception {
    Duration ahead = Duration.ofDays(replicaDaysAhead);
    var clocks = new Clocks(Clock.offset(Clock.systemUTC(), ahead));
    var dialect = new Dialect(database.dataSource(), Distribution.NONE, clocks);
    var kept = new IdempotencyProperties(Duration.ofHours(24), Duration.ofSeconds(10));
    var retention = new KeyRetention(new JdbcTemplate(database.dataSource()), dialect, kept);
    OffsetDateTime now = jdbc.sql("select now()").query(OffsetDateTime.class).single();
    OffsetDateTime earlier = ahead.isNegative() ? now.plus(ahead) : now;
    add(earlier.minusHours(2));
    add(earlier.minusHours(26));

    retention.sweep();

    assertThat(count("created_at > ?", earlier.minusHours(24))).isEqualTo(KEYS_AN_HOUR);
    assertThat(count("created_at < ?", earlier.minusHours(24))).isZero();
  }

  private long count(String which, OffsetDateTime time) {
    return jdbc.sql("select count(*) from idempotency_keys where " + which)
        .param(time)
        .query(Long.class)
        .single();
  }

  private void add(OffsetDateTime hour) {
    jdbc.sql(
            """
            insert into idempotency_keys (merchant_id, operation, idempotency_key, fingerprint,
                                          object_id, runs_until, created_at)
            select gen_random_uuid(), 'POST /v1/payments', i, repeat('f', 43), gen_random_uuid(), ?,
                   cast(? as timestamptz) + i * interval '7 s' - interval '6 s'
              from generate_series(1, ?) i
            """)
        .params(hour, hour, KEYS_AN_HOUR)
        .update();
  }

  private void delete(OffsetDateTime before) {
    jdbc.sql("delete from idempotency_keys where created_at < ?").param(before).update();
  }

  private String explain(String sql, Object... parameters) {
    return String.join(
        "\n",
        jdbc.sql("explain (analyze, buffers) " + sql)
            .params(List.of(parameters))
            .query(String.class)
            .list());
  }
}
