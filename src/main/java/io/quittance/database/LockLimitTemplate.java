package io.quittance.database;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Transactions that wait for each lock for a short time only, so that they do not keep their
 * connection from others while somebody holds a lock for long. On H2, they wait as long as all
 * others. Thread-safe.
 */
public final class LockLimitTemplate extends TransactionTemplate {

  private static final long serialVersionUID = 1L;

  /** Migrations may make it fail: they wait for a table for longer (MigrationLocks). */
  private static final Duration IF_REPEATED = Duration.ofMillis(100);

  /** As long as what requests write waits (PoolShares), and longer than migrations wait. */
  private static final Duration IF_NOT_REPEATED = Duration.ofMillis(500);

  private final transient JdbcOperations jdbc;
  private final transient Dialect dialect;
  private final Duration limit;

  private LockLimitTemplate(
      PlatformTransactionManager transactions,
      JdbcOperations jdbc,
      Dialect dialect,
      Duration limit) {
    super(transactions);
    this.jdbc = jdbc;
    this.dialect = dialect;
    this.limit = limit;
  }

  /** For transactions that are tried again soon after one fails. They wait for 100 ms. */
  public static LockLimitTemplate ofRepeated(
      PlatformTransactionManager transactions, JdbcOperations jdbc, Dialect dialect) {
    return new LockLimitTemplate(transactions, jdbc, dialect, IF_REPEATED);
  }

  /** For transactions that a request waits for. They wait for 500 ms. */
  public static LockLimitTemplate ofRequests(
      PlatformTransactionManager transactions, JdbcOperations jdbc, Dialect dialect) {
    return new LockLimitTemplate(transactions, jdbc, dialect, IF_NOT_REPEATED);
  }

  /**
   * Runs the action in a transaction.
   *
   * @throws CannotAcquireLockException a lock was not free in time; nothing was changed
   */
  @Override
  public <T> @Nullable T execute(TransactionCallback<T> action) {
    try {
      return super.execute(
          status -> {
            dialect.limitLockWaits(jdbc, limit);
            return action.doInTransaction(status);
          });
    } catch (DataAccessException e) {
      throw SqlFailure.lockTimedOut(e)
          ? new CannotAcquireLockException(
              "a lock was not free within %d ms".formatted(limit.toMillis()), e)
          : e;
    }
  }
}
