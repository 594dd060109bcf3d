package io.quittance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.quittance.testing.Postgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.springframework.mock.env.MockEnvironment;

/** A start on a database that is distributed otherwise than the settings say. */
class DatabaseDistributionIT {

  private final Postgres.Database database = Postgres.create();

  @Test
  void citusNeedsItsExtension() throws SQLException {
    try (Connection connection = database.dataSource().getConnection()) {
      assertRefused("citus", connection, "citus needs the extension Citus, which the database");
      assertThatCode(() -> check("none", connection)).doesNotThrowAnyException();
    }
  }

  @Test
  void citusNeedsPostgres() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:h2:mem:")) {
      assertRefused("citus", connection, "citus needs PostgreSQL with the extension Citus");
    }
  }

  /** The tables by which Citus says what it distributes. */
  @Test
  void distributedTablesNeedTheSetting() throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create table accounts (id integer)");
      statement.execute(
          "create table pg_dist_partition as select 'accounts'::regclass as logicalrelid");

      assertRefused("none", connection, "none needs one server, and the tables of");
    }
  }

  private static void assertRefused(String wanted, Connection connection, String reason) {
    assertThatExceptionOfType(StartRefusedException.class)
        .isThrownBy(() -> check(wanted, connection))
        .satisfies(
            refused ->
                assertThat(refused.reasons().getFirst())
                    .startsWith("quittance.database.distribution: " + reason));
  }

  private static void check(String wanted, Connection connection) throws SQLException {
    DatabaseDistribution.check(
        new MockEnvironment().withProperty("quittance.database.distribution", wanted), connection);
  }
}
