package io.quittance.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Transactions that read all tables as of one instant, and write nothing. On PostgreSQL, REPEATABLE
 * READ does that. H2 would read each table as of its first use, and has the level SNAPSHOT for
 * this, which JDBC does not know. Thread-safe.
 */
public final class SnapshotTemplate extends TransactionTemplate {

  private static final long serialVersionUID = 1L;

  private static final String SNAPSHOT_OF_H2 =
      "set session characteristics as transaction isolation level snapshot";

  private final transient JdbcOperations jdbc;

  /**
   * @param jdbc for the connections of these transactions
   */
  public SnapshotTemplate(PlatformTransactionManager transactions, JdbcOperations jdbc) {
    super(transactions);
    this.jdbc = jdbc;
    setReadOnly(true);
    setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
  }

  @Override
  public <T> @Nullable T execute(TransactionCallback<T> action) {
    return super.execute(
        status -> {
          jdbc.execute(SnapshotTemplate::begin);
          return action.doInTransaction(status);
        });
  }

  /** Spring sets the level of the connection back at the end. */
  private static @Nullable Void begin(Connection connection) throws SQLException {
    if (connection.getMetaData().getDatabaseProductName().equals("H2")) {
      try (Statement statement = connection.createStatement()) {
        statement.execute(SNAPSHOT_OF_H2);
      }
    }
    return null;
  }
}
