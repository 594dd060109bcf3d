package io.quittance.journal;

import io.quittance.database.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * Decides commands on a snapshot of the database, and prepares what they would write. Takes no
 * locks and writes nothing. Thread-safe; each call uses its own connection.
 */
final class Rehearsals {

  private final DataSource snapshots;
  private final Dialect dialect;
  private final List<Table.Factory> tables;

  /**
   * @param snapshots the connections to read on; the journal's own connections are kept for moving
   *     money
   */
  Rehearsals(DataSource snapshots, Dialect dialect, List<Table.Factory> tables) {
    this.snapshots = snapshots;
    this.dialect = dialect;
    this.tables = tables;
  }

  /**
   * The result that the command would have now.
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
