package io.quittance.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
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
import org.springframework.boot.autoconfigure.jdbc.DataSourceProperties;

/** The journal's connections as the pool makes them. */
class JournalConnectionsIT {

  private static final Duration LIMIT = Duration.ofSeconds(2);
  private static final int LANES = 2;

  private HikariDataSource pool;

  @BeforeEach
  void open() {
    var database = new DataSourceProperties();
    database.setUrl(Postgres.create().url());
    database.setUsername(Postgres.Database.USER);
    database.setPassword(Postgres.Database.PASSWORD);
    pool =
        new JournalConnections()
            .journalDataSource(
                database,
                new JournalProperties(LANES, 8, 8, LIMIT, Duration.ofMillis(100)),
                Distribution.NONE);
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

      assertThat(texts(connection, "show transaction_timeout")).containsExactly("4s");
    }
  }

  private static List<String> others(Connection connection) throws SQLException {
    return texts(
        connection,
        "select state from pg_stat_activity"
            + " where application_name = 'quittance journal' and pid <> pg_backend_pid()");
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
