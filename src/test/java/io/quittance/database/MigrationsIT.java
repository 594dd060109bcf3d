package io.quittance.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.quittance.testing.Postgres;
import io.quittance.testing.Proves;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.ComponentScan.Filter;
import org.springframework.context.annotation.FilterType;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The schema grows while the service runs, and several replicas start at once. */
@Tag("side-by-side")
class MigrationsIT {

  /** The longest that a statement of the service itself may take. */
  private static final Duration STATEMENT_LIMIT = Duration.ofSeconds(10);

  private static final Duration PLENTY = Duration.ofMinutes(2);

  /** What a lock is waited for while somebody waits for a second, a busy machine in between. */
  private static final String PATIENT = "set lock_timeout = 1200";

  private static final int WAITS = 3;

  /** The application's own strategy is not visible from here. */
  @EnableConfigurationProperties(DatabaseProperties.class)
  @ComponentScan(
      basePackages = "io.quittance",
      useDefaultFilters = false,
      includeFilters =
          @Filter(type = FilterType.REGEX, pattern = "io\\.quittance\\.SchemaConfiguration"))
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
        assertThat(sleepingInATransaction()).isZero();
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

  /** One that says nothing of it itself; cut off, it would leave an index that is invalid. */
  @Test
  void waitForAnIndexLongerThanForATable() throws Exception {
    database.migrate("11.1");
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture<Boolean> start;
      try (Connection reader = database.locking("select * from accounts")) {
        start = CompletableFuture.supplyAsync(this::start, threads);
        Awaitility.await()
            .atMost(PLENTY)
            .until(() -> building(MigrationLocks.LIMIT.multipliedBy(2)) == 1);
        reader.commit();
      }
      assertThat(start.join()).isTrue();
    }
  }

  /**
   * While an old transaction reads accounts, a migration cannot have that table. Those that come
   * after it wait for a moment only, again and again, and no start fails.
   */
  @Test
  @Proves("a table is in use")
  void thatNeedABusyTableLetOthersGoOnMeanwhile() throws Exception {
    database.migrate("10");
    try (var threads = Executors.newVirtualThreadPerTaskExecutor();
        Connection other = database.dataSource().getConnection()) {
      execute(other, PATIENT);
      CompletableFuture<Boolean> start;
      try (Connection reader = database.locking("lock table accounts in access share mode")) {
        start = CompletableFuture.supplyAsync(this::start, threads);

        for (int waits = 0; waits < WAITS; waits++) {
          Awaitility.await().atMost(PLENTY).until(() -> waitingFor("accounts") > 0);
          execute(other, "select 1 from accounts");
          execute(other, "update accounts set overdraft_limit = 0");
        }
        assertThat(start).isNotDone();
        reader.commit();
      }
      assertThat(start.join()).isTrue();
    }
    assertThat(
            jdbc.sql("select count(*) from flyway_schema_history where not success")
                .query(Long.class)
                .single())
        .isZero();
  }

  /** What has a limit of its own leaves none to the next, and what may not be cut off has none. */
  @Test
  @Proves("a table is in use")
  void waitForLocksAsTheyMay() throws SQLException {
    var context = mock(Context.class);
    try (Connection connection = database.dataSource().getConnection()) {
      when(context.getConnection()).thenReturn(connection);

      new MigrationLocks().handle(Event.BEFORE_EACH_MIGRATE, context);
      assertThat(lockTimeout(connection)).isEqualTo("0");

      connection.setAutoCommit(false);
      new MigrationLocks().handle(Event.BEFORE_EACH_MIGRATE, context);
      assertThat(lockTimeout(connection)).isEqualTo("400ms");
    }
  }

  private static String lockTimeout(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        var row = statement.executeQuery("show lock_timeout")) {
      row.next();
      return row.getString(1);
    }
  }

  private long waitingFor(String table) {
    return jdbc.sql(
            "select count(*) from pg_locks where not granted and relation = cast(? as regclass)")
        .param(table)
        .query(Long.class)
        .single();
  }

  /** A replica that is frozen in a migration keeps its locks for a minute. */
  @Test
  void areEndedWhenTheySleepInATransaction() throws SQLException {
    var settings = new DataSourceProperties();
    settings.setUrl(database.url());
    settings.setUsername(Postgres.Database.USER);
    settings.setPassword(Postgres.Database.PASSWORD);
    try (Connection connection = new DatabaseConfiguration().migrations(settings).getConnection();
        Statement statement = connection.createStatement();
        var row = statement.executeQuery("show idle_in_transaction_session_timeout")) {
      row.next();
      assertThat(row.getString(1)).isEqualTo("1min");
    }
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
    long building = building(STATEMENT_LIMIT.plusSeconds(1));
    long migrating =
        jdbc.sql(
                "select count(*) from pg_stat_activity"
                    + " where application_name = 'quittance migration' and datname = current_database()")
            .query(Long.class)
            .single();
    return building == 1 && migrating >= 2;
  }

  /** Indexes that have been under way for longer than that. */
  private long building(Duration time) {
    return jdbc.sql(
            """
            select count(*) from pg_stat_activity
             where query like 'create index concurrently%' and datname = current_database()
               and state = 'active' and clock_timestamp() - query_start > cast(? as interval)
            """)
        .param(time.toSeconds() + " s")
        .query(Long.class)
        .single();
  }

  /** One that migrates, or waits for its turn, would be ended after a minute. */
  private long sleepingInATransaction() {
    return jdbc.sql(
            "select count(*) from pg_stat_activity where application_name = 'quittance migration'"
                + " and datname = current_database() and state = 'idle in transaction'")
        .query(Long.class)
        .single();
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
