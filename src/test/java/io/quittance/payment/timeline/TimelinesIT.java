package io.quittance.payment.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.database.Dialect;
import io.quittance.payment.timeline.TimelineScope.Result;
import io.quittance.testing.Postgres;
import io.quittance.testing.Proves;
import io.quittance.web.TypeId;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;

/** What is written of timelines while their table is locked. */
class TimelinesIT {

  private static final int SCOPES = 20;
  private static final int WAIT_MAX = 8_192;
  private static final int MORE_THAN_WAIT = 2 * WAIT_MAX;
  private static final int LAST = 200;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Postgres.Database database = Postgres.create().migrated();
  private final JdbcTemplate admin = new JdbcTemplate(database.dataSource());
  private final HikariDataSource pool = ofOneConnection();
  private final Timelines timelines;

  TimelinesIT() throws SQLException {
    timelines =
        new Timelines(
            new JdbcTemplate(pool),
            new DataSourceTransactionManager(pool),
            new Dialect(pool),
            new ObjectMapper(),
            new SimpleMeterRegistry());
  }

  /** With the service's limits: others wait for a connection for less than for a lock. */
  private HikariDataSource ofOneConnection() {
    var one = new HikariDataSource();
    one.setJdbcUrl(database.url() + "&options=-c%20lock_timeout=5s");
    one.setUsername(Postgres.Database.USER);
    one.setPassword(Postgres.Database.PASSWORD);
    one.setMaximumPoolSize(1);
    one.setConnectionTimeout(2_000);
    return one;
  }

  @AfterEach
  void close() {
    timelines.close();
    pool.close();
  }

  @Test
  @Proves("`payment_timelines` is locked")
  void aLockedTableLeavesTheConnectionToOthersAndIsWrittenToOnceItIsFree() throws Exception {
    try (Connection lock =
        database.locking("lock table payment_timelines in access exclusive mode")) {
      for (int i = 0; i < SCOPES; i++) {
        timelines.record(TypeId.next(), TypeId.next(), scope());
        if (i % 5 == 0) {
          awaitWriter();
          assertThatCode(() -> pool.getConnection().close()).doesNotThrowAnyException();
        }
      }
      lock.rollback();
    }

    await().atMost(PATIENCE).untilAsserted(() -> assertThat(written()).isEqualTo(SCOPES));
  }

  /** Whoever builds an index lets others read. */
  @Test
  @Proves("`payment_timelines` is locked")
  void keepsTheLastInMemoryWhenMoreWaitThanThereIsRoomFor() throws Exception {
    UUID merchant = TypeId.next();
    List<UUID> payments = Stream.generate(TypeId::next).limit(MORE_THAN_WAIT).toList();
    List<UUID> last = payments.subList(MORE_THAN_WAIT - LAST, MORE_THAN_WAIT);

    try (Connection lock = database.locking("lock table payment_timelines in share mode")) {
      payments.forEach(payment -> timelines.record(merchant, payment, scope()));

      assertThat(last)
          .allSatisfy(one -> assertThat(timelines.of(merchant, one).scopes()).hasSize(1));
      lock.rollback();
    }

    await().atMost(PATIENCE).until(() -> written() >= WAIT_MAX);
    assertThat(written()).isLessThan(MORE_THAN_WAIT);
  }

  private int written() {
    return admin.queryForObject("select count(*) from payment_timelines", Integer.class);
  }

  /** Until it waits for the table. */
  private void awaitWriter() {
    await()
        .pollInterval(Duration.ofMillis(10))
        .atMost(PATIENCE)
        .until(
            () ->
                admin.queryForObject(
                        "select count(*) from pg_locks where not granted"
                            + " and relation = 'payment_timelines'::regclass",
                        Integer.class)
                    > 0);
  }

  private static TimelineScope scope() {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
    return new TimelineScope("payment", now, 1_000, Result.OK, List.of(), 0, 0, 0);
  }
}
