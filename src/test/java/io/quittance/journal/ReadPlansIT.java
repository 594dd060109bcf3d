package io.quittance.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.quittance.testing.Postgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What is read is planned for its own values, and for the tables as they are now. */
class ReadPlansIT {

  private static final String READ = "select count(*) from accounts where merchant_id = ?";

  /** After so many executions PostgreSQL would keep one plan, as good as another on average. */
  private static final int EXECUTIONS = 20;

  @Test
  void keepsNoPlan() throws SQLException {
    try (var pool = new HikariDataSource()) {
      pool.setJdbcUrl(Postgres.create().migrated().url());
      pool.setUsername(Postgres.Database.USER);
      pool.setPassword(Postgres.Database.PASSWORD);
      new PostgresConnections().postProcessBeforeInitialization(pool, "reads");

      try (Connection connection = pool.getConnection()) {
        for (int i = 0; i < EXECUTIONS; i++) {
          read(connection);
        }

        try (Statement statement = connection.createStatement();
            ResultSet plans =
                statement.executeQuery(
                    "select custom_plans, generic_plans from pg_prepared_statements"
                        + " where statement like '%from accounts%'")) {
          assertThat(plans.next()).isTrue();
          assertThat(plans.getLong("custom_plans")).isPositive();
          assertThat(plans.getLong("generic_plans")).isZero();
        }
      }
    }
  }

  private static void read(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(READ)) {
      statement.setObject(1, new UUID(0, 1));
      statement.executeQuery().close();
    }
  }
}
