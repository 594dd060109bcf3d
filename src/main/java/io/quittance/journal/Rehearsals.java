package io.quittance.journal;

import io.quittance.database.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * Decides commands on a snapshot of the database, and prepares what they would write; takes no lock
 * and sends nothing of it. Thread-safe; each call uses a connection of its own.
 */
final class Rehearsals {

  private final DataSource snapshots;
  private final Dialect dialect;
  private final List<Table.Factory> tables;

  /**
   * @param snapshots where to read; the journal's own connections are for what moves money
   */
  Rehearsals(DataSource snapshots, Dialect dialect, List<Table.Factory> tables) {
    this.snapshots = snapshots;
    this.dialect = dialect;
    this.tables = tables;
  }

  /**
   * What the command would decide now.
   *
   * @throws SQLException the snapshot could not be read
   */
  <R> R decide(Command<R> command) throws SQLException {
    UnitOfWork unit = UnitOfWork.rehearsal(tables);
    command.prepare(unit);
    try (Connection connection = snapshots.getConnection()) {
      connection.setReadOnly(true);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      connection.setAutoCommit(false);
      try {
        JdbcOperations jdbc = Transactions.on(connection);
        unit.lock(jdbc, AccountKey.of(command));
        unit.load(jdbc, dialect);
        R result = command.decide(unit);
        unit.flush(dialect).bind(connection);
        return result;
      } finally {
        connection.rollback();
      }
    }
  }
}
