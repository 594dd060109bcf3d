package io.quittance.journal;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Applies commands in one database transaction: all of them, or none. */
final class Transaction {

  private final DataSource dataSource;
  private final Dialect dialect;
  private final List<Table.Factory> tables;

  Transaction(DataSource dataSource, Dialect dialect, List<Table.Factory> tables) {
    this.dataSource = dataSource;
    this.dialect = dialect;
    this.tables = tables;
  }

  /**
   * Applies the commands in order.
   *
   * @return their results, in order; they are true from now on
   * @throws FateUnknownException the commit was sent and not answered
   * @throws SQLException as with any other exception, nothing was applied
   */
  List<Object> apply(List<? extends Command<?>> commands, boolean afterConflict)
      throws SQLException {
    var batch = new Batch(tables, afterConflict);
    commands.forEach(command -> command.prepare(batch));
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      try {
        List<Object> results = applyOn(connection, batch, commands);
        commit(connection);
        return results;
      } catch (SQLException | RuntimeException | Error e) {
        rollback(connection, e);
        throw e;
      }
    }
  }

  private List<Object> applyOn(
      Connection connection, Batch batch, List<? extends Command<?>> commands) throws SQLException {
    var jdbc = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
    batch.load(jdbc, dialect);
    var results = new ArrayList<Object>(commands.size());
    for (Command<?> command : commands) {
      results.add(command.decide(batch));
    }
    batch.flush().execute(connection, dialect.takesStatementsTogether());
    return results;
  }

  private static void commit(Connection connection) {
    try {
      connection.commit();
    } catch (SQLException e) {
      if (SqlStates.rolledBack(e)) {
        throw new org.springframework.dao.TransientDataAccessResourceException("commit", e);
      }
      throw new FateUnknownException(e);
    }
  }

  private static void rollback(Connection connection, Throwable reason) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      reason.addSuppressed(e);
    }
  }
}
