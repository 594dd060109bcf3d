package io.quittance.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.BaseCallback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.flywaydb.core.api.output.MigrateResult;
import org.flywaydb.core.internal.exception.FlywayMigrateException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How migrations wait for locks on tables that are in use. A statement that waits for the lock of a
 * whole table blocks all later statements on the table. So it waits for less than requests do; then
 * the migration is rolled back and tried again, and the other statements go on meanwhile. Indexes
 * that are made {@code concurrently} block no other statements and must not be interrupted: they
 * wait without a limit. PostgreSQL only.
 */
public final class MigrationLocks extends BaseCallback {

  private static final Logger log = LoggerFactory.getLogger(MigrationLocks.class);

  /** Less than the 500 ms for which a request's write waits for a lock. */
  static final Duration LIMIT = Duration.ofMillis(400);

  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** About a minute: so long may a table be busy without a pause. */
  private static final int TRIES_MAX = 45;

  MigrationLocks() {}

  /**
   * Brings the schema up to date; one that finds its tables locked is tried again for a minute.
   *
   * @throws FlywayException it cannot be done, or a table was locked all the while
   */
  public static MigrateResult migrate(Flyway flyway) {
    for (int tries = 1; ; tries++) {
      try {
        return flyway.migrate();
      } catch (FlywayException e) {
        if (tries == TRIES_MAX || !SqlFailure.locked(e) || !rolledBack(e)) {
          throw e;
        }
        log.info("A migration waits for a table that is in use, and is tried again");
        pause(e);
      }
    }
  }

  /** What ran outside of a transaction is recorded as failed, and not tried again. */
  private static boolean rolledBack(FlywayException e) {
    return !(e instanceof FlywayMigrateException script) || script.isExecutableInTransaction();
  }

  private static void pause(FlywayException failure) {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure;
    }
  }

  @Override
  public boolean supports(Event event, Context context) {
    return event == Event.BEFORE_EACH_MIGRATE;
  }

  /** Sets the limit before each script: they share a connection, and one may have changed it. */
  @Override
  public void handle(Event event, Context context) {
    Connection connection = context.getConnection();
    try {
      if (connection.getMetaData().getDatabaseProductName().equals("PostgreSQL")) {
        limit(connection);
      }
    } catch (SQLException e) {
      throw new FlywayException("The limit for locks cannot be set", e);
    }
  }

  private static void limit(Connection connection) throws SQLException {
    // What runs outside of a transaction is what makes indexes concurrently.
    boolean concurrently = connection.getAutoCommit();
    try (Statement statement = connection.createStatement()) {
      statement.execute("set lock_timeout = " + (concurrently ? 0 : LIMIT.toMillis()));
    }
  }
}
