package io.quittance.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.testing.Postgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The schema grows while the service runs, and several replicas start at once. */
@Tag("side-by-side")
class MigrationsIT {

  /** The longest that a statement of the service itself may take. */
  private static final Duration STATEMENT_LIMIT = Duration.ofSeconds(10);

  private static final Duration PLENTY = Duration.ofMinutes(2);

  @EnableConfigurationProperties(DatabaseProperties.class)
  static class Properties {}

  private final Postgres.Database database = Postgres.create();
  private final JdbcClient jdbc = JdbcClient.create(database.dataSource());

  /** An open transaction keeps an index that is built concurrently from being finished. */
  @Test
  void waitForASlowIndexWhichDelaysNobody() throws Exception {
    database.migrate("9.1");
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture<Boolean> first;
      CompletableFuture<Boolean> second;
      try (Connection connection = database.dataSource().getConnection()) {
        connection.setAutoCommit(false);
        execute(connection, "select * from idempotency_keys");
        first = CompletableFuture.supplyAsync(this::start, threads);
        second = CompletableFuture.supplyAsync(this::start, threads);

        Awaitility.await().atMost(PLENTY).until(this::indexIsSlow);
        insertAKey();
        assertThat(first).isNotDone();
        assertThat(second).isNotDone();
        connection.commit();
      }
      assertThat(Stream.of(first, second)).allMatch(CompletableFuture::join);
    }

    assertThat(
            jdbc.sql(
                    "select indisvalid from pg_index where indexrelid = 'idempotency_keys_by_time'::regclass")
                .query(Boolean.class)
                .single())
        .isTrue();
  }

  /** A process that was killed while it built the index leaves half of one. */
  @Test
  void goOnAfterOneThatWasInterrupted() throws Exception {
    database.migrate("9.1");
    jdbc.sql("create index idempotency_keys_by_time on idempotency_keys (created_at)").update();
    jdbc.sql(
            "update pg_index set indisvalid = false where indexrelid = 'idempotency_keys_by_time'::regclass")
        .update();

    assertThat(start()).isTrue();

    assertThat(jdbc.sql("select bool_and(indisvalid) from pg_index").query(Boolean.class).single())
        .isTrue();
  }

  /** As the service does, with its own configuration; whether it came up. */
  private boolean start() {
    var started = new boolean[1];
    new ApplicationContextRunner()
        .withInitializer(new ConfigDataApplicationContextInitializer())
        .withPropertyValues(
            "spring.datasource.url=" + database.url(),
            "spring.datasource.username=" + Postgres.Database.USER,
            "spring.datasource.password=" + Postgres.Database.PASSWORD)
        .withConfiguration(
            AutoConfigurations.of(DataSourceAutoConfiguration.class, FlywayAutoConfiguration.class))
        .withUserConfiguration(Properties.class, DatabaseConfiguration.class)
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              started[0] = true;
            });
    return started[0];
  }

  private boolean indexIsSlow() {
    long building =
        jdbc.sql(
                """
                select count(*) from pg_stat_activity
                 where query like 'create index concurrently%' and datname = current_database()
                   and state = 'active' and clock_timestamp() - query_start > cast(? as interval)
                """)
            .param(STATEMENT_LIMIT.toSeconds() + 1 + " s")
            .query(Long.class)
            .single();
    long migrating =
        jdbc.sql(
                "select count(*) from pg_stat_activity"
                    + " where application_name = 'quittance migration' and datname = current_database()")
            .query(Long.class)
            .single();
    return building == 1 && migrating >= 2;
  }

  private void insertAKey() {
    jdbc.sql(
            """
            insert into idempotency_keys (merchant_id, operation, idempotency_key, fingerprint,
                                          object_id, runs_until, created_at)
            values (gen_random_uuid(), 'POST /v1/payments', 'k', 'f', gen_random_uuid(), now(), now())
            """)
        .update();
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
