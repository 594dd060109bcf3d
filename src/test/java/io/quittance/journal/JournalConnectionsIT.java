package io.quittance.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.quittance.database.Dialect;
import io.quittance.database.Distribution;
import io.quittance.testing.Postgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.jdbc.DataSourceProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/** The journal's connections as the pool makes them. */
class JournalConnectionsIT {

  private static final int LANES = 2;
  private static final JournalProperties PROPERTIES =
      new JournalProperties(LANES, 8, 8, Duration.ofSeconds(1), Duration.ofMillis(100));

  private static final String OPTIONS =
      "-c statement_timeout=1000 -c idle_in_transaction_session_timeout=1000 -c lock_timeout=100";

  private static final String LIMITS =
      """
      select split_part(name, '_', 1) || ' ' || current_setting(name) from pg_settings
       where name in ('statement_timeout', 'idle_in_transaction_session_timeout', 'lock_timeout')
       order by name
      """;

  private final Postgres.Database database = Postgres.create();
  private HikariDataSource pool;

  @BeforeEach
  void open() {
    pool = pool(database.url());
  }

  private static HikariDataSource pool(String url) {
    var settings = new DataSourceProperties();
    settings.setUrl(url);
    settings.setUsername(Postgres.Database.USER);
    settings.setPassword(Postgres.Database.PASSWORD);
    return new JournalConnections().journalDataSource(settings, PROPERTIES, Distribution.NONE);
  }

  @AfterEach
  void close() {
    pool.close();
  }

  /** PostgreSQL would end them after the transaction limit, before they were ever used. */
  @Test
  void waitInNoTransaction() throws SQLException {
    try (Connection connection = pool.getConnection()) {
      Awaitility.await()
          .untilAsserted(
              () -> assertThat(others(connection)).hasSize(2 * LANES - 1).containsOnly("idle"));
    }
  }

  @Test
  void keepTheirLimitsThoughTheFirstTransactionIsRolledBack() throws SQLException {
    try (Connection connection = pool.getConnection()) {
      connection.rollback();

      assertThat(texts(connection, "show transaction_timeout")).containsExactly("2s");
    }
  }

  @Test
  void haveTheLimitsThatAreConfigured() throws SQLException {
    try (Connection connection = pool.getConnection()) {
      assertThat(texts(connection, LIMITS))
          .containsExactly("idle 1s", "lock 100ms", "statement 1s");
    }
    assertThatCode(checkOf(pool)::afterSingletonsInstantiated).doesNotThrowAnyException();
  }

  /** What a replica that falls asleep in a transaction has locked is free again after the limit. */
  @Test
  void areEndedByTheServerWhenTheySleepInATransaction() throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("select pg_advisory_xact_lock(1)");
      try (Connection other = database.dataSource().getConnection()) {
        other.setAutoCommit(false);
        Awaitility.await()
            .until(() -> texts(other, "select pg_try_advisory_lock(1)"), List.of("t")::equals);
      }

      assertThatThrownBy(() -> statement.execute("select 1"))
          .isInstanceOfSatisfying(
              SQLException.class, ended -> assertThat(ended.getSQLState()).isEqualTo("25P03"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "statement_timeout=1001",
        "statement_timeout=0",
        "idle_in_transaction_session_timeout=0",
        "lock_timeout=101"
      })
  void areRefusedAtTheStartIfTheUrlTakesALimitAway(String option) throws SQLException {
    String options = "%s -c %s".formatted(OPTIONS, option).replace(" ", "%20");
    try (HikariDataSource other = pool(database.url() + "&options=" + options)) {
      assertThatThrownBy(checkOf(other)::afterSingletonsInstantiated)
          .isInstanceOfSatisfying(
              InvalidConfigurationPropertyValueException.class,
              refused ->
                  assertThat(refused.getReason())
                      .startsWith("The journal needs sessions whose " + option.split("=", 2)[0]));
    }
  }

  /** A connection pooler gives each transaction another session, which is not initialized. */
  @Test
  void areRefusedAtTheStartIfAPoolerDropsTheTransactionTimeout() throws SQLException {
    pool.setConnectionInitSql("select 1");

    assertThatThrownBy(checkOf(pool)::afterSingletonsInstantiated)
        .isInstanceOfSatisfying(
            InvalidConfigurationPropertyValueException.class,
            refused ->
                assertThat(refused.getReason())
                    .startsWith("The journal needs sessions whose transaction_timeout is 2000 ms"));
  }

  /** A server that falls silent would keep a lane waiting for ever, or for long. */
  @ParameterizedTest
  @ValueSource(ints = {0, 4})
  void areRefusedAtTheStartIfTheUrlTakesTheSocketTimeoutAway(int seconds) throws SQLException {
    try (HikariDataSource other = pool(database.url() + "&socketTimeout=" + seconds)) {
      assertThatThrownBy(checkOf(other)::afterSingletonsInstantiated)
          .isInstanceOfSatisfying(
              InvalidConfigurationPropertyValueException.class,
              refused ->
                  assertThat(refused.getReason())
                      .startsWith("The journal needs sessions whose socketTimeout is 3000 ms"));
    }
  }

  private static SessionLimits checkOf(HikariDataSource pool) throws SQLException {
    return new SessionLimits(pool, new Dialect(pool), PROPERTIES);
  }

  private static List<String> others(Connection connection) throws SQLException {
    return texts(
        connection,
        "select state from pg_stat_activity"
            + " where application_name = 'quittance journal' and pid <> pg_backend_pid()"
            + " and datname = current_database()");
  }

  private static List<String> texts(Connection connection, String sql) throws SQLException {
    var texts = new ArrayList<String>();
    try (Statement statement = connection.createStatement();
        var rs = statement.executeQuery(sql)) {
      while (rs.next()) {
        texts.add(rs.getString(1));
      }
    }
    connection.rollback();
    return texts;
  }
}
