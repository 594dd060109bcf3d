package io.quittance.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.testing.Postgres;
import java.sql.Connection;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;

/** What moves from one table to another between two statements is seen once. */
class SnapshotTemplateIT {

  static Stream<DataSource> databases() throws Exception {
    return Stream.of(
        new DriverManagerDataSource(
            "jdbc:h2:mem:%s;DB_CLOSE_DELAY=-1".formatted(UUID.randomUUID())),
        Postgres.create().dataSource());
  }

  @ParameterizedTest
  @MethodSource("databases")
  void readsAllTablesAsOfOneInstant(DataSource database) throws Exception {
    var others = new JdbcTemplate(database);
    others.execute("create table waiting (i integer)");
    others.execute("create table done (i integer)");
    others.execute("insert into waiting values (1)");
    try (Connection connection = database.getConnection()) {
      int level = connection.getTransactionIsolation();
      var own = new SingleConnectionDataSource(connection, true);
      var jdbc = new JdbcTemplate(own);

      Integer seen =
          new SnapshotTemplate(new JdbcTransactionManager(own), jdbc)
              .execute(
                  status -> {
                    int waiting = count(jdbc, "waiting");
                    others.execute("insert into done select i from waiting");
                    others.execute("delete from waiting");
                    return waiting + count(jdbc, "done");
                  });

      assertThat(seen).isEqualTo(1);
      assertThat(connection.getTransactionIsolation()).isEqualTo(level);
      assertThat(count(jdbc, "done")).isEqualTo(1);
    }
  }

  private static int count(JdbcTemplate jdbc, String table) {
    Integer count = jdbc.queryForObject("select count(*) from " + table, Integer.class);
    return count == null ? 0 : count;
  }
}
