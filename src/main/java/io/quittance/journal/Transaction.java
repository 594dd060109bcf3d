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
  List<Object> apply(List<? extends Command<?>> commands) throws SQLException {
    Batch batch = Batch.of(tables);
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

  /**
   * Decides a command on a snapshot of the database, takes no lock and writes nothing.
   *
   * @throws SQLException the snapshot could not be read
   */
  <R> R rehearse(Command<R> command) throws SQLException {
    Batch batch = Batch.rehearsal(tables);
    command.prepare(batch);
    try (Connection connection = dataSource.getConnection()) {
      connection.setReadOnly(true);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      connection.setAutoCommit(false);
      try {
        batch.load(on(connection), dialect);
        return command.decide(batch);
      } finally {
        connection.rollback();
      }
    }
  }

  private static JdbcTemplate on(Connection connection) {
    return new JdbcTemplate(new SingleConnectionDataSource(connection, true));
  }

  private List<Object> applyOn(
      Connection connection, Batch batch, List<? extends Command<?>> commands) throws SQLException {
    batch.load(on(connection), dialect);
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
