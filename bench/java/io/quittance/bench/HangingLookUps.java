package io.quittance.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Lets each look-up of payments by analytics hang, and no other query, from its opening to its
 * close: a view stands where the table was.
 */
final class HangingLookUps implements AutoCloseable {

  private static final List<String> HANG =
      List.of(
          "alter table payments rename to payments_behind",
          """
          create view payments as select * from payments_behind
           where current_setting('application_name') <> 'quittance analytics'
              or pg_sleep(3600) is null
          """);

  private static final List<String> GO_ON =
      List.of("drop view payments", "alter table payments_behind rename to payments");

  private final Database database;
  private final String name;

  HangingLookUps(Database database, String name) throws SQLException {
    this.database = database;
    this.name = name;
    execute(HANG);
  }

  private void execute(List<String> statements) throws SQLException {
    try (Connection connection = database.connect(name);
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (String sql : statements) {
        statement.execute(sql);
      }
      connection.commit();
    }
  }

  @Override
  public void close() throws SQLException {
    execute(GO_ON);
  }
}
