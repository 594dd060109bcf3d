package io.quittance.database;

import io.quittance.concurrency.pool.FairPlaces;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.sql.DataSource;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Snapshots of the database for long reads, on connections of their own. A limited number of
 * merchants' reports run at once. One more connection is for watches, which check the data
 * periodically, one at a time. Each statement may take as long as a whole report may. Thread-safe.
 */
public final class ReportConnections {

  static final String POOL = "reports";

  private static final int FETCH_SIZE = 1_000;

  /** How long a report waits for a place: a short report may end within this time. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  /**
   * A report uses one of the server's processors. A transaction whose client has stopped reading is
   * ended all the same.
   */
  private static final String ALLOW =
      """
      set local statement_timeout = %d;
      set local idle_in_transaction_session_timeout = '1min';
      set local max_parallel_workers_per_gather = 0
      """;

  private final JdbcTemplate jdbc;
  private final TransactionTemplate snapshot;
  private final FairPlaces<UUID> places;
  private final Semaphore watches = new Semaphore(1, true);
  private final Duration limit;

  /**
   * @param pool a pool with one connection more than places
   * @param places how many reports run at once; 1 or more
   * @param limit how long a report or a watch may take
   */
  public ReportConnections(DataSource pool, int places, Duration limit) {
    this.jdbc = new JdbcTemplate(pool);
    this.jdbc.setFetchSize(FETCH_SIZE);
    this.snapshot = new SnapshotTemplate(new JdbcTransactionManager(pool), jdbc);
    this.places = new FairPlaces<>(places);
    this.limit = limit;
  }

  /**
   * Makes a report for a merchant, from one snapshot.
   *
   * @throws TooManyReportsException the limit of reports is reached, and none ends within a second
   */
  public <T> T report(UUID merchantId, Function<JdbcTemplate, T> report) {
    await(
        () -> places.take(merchantId, PATIENCE),
        "At most %d reports run at once, and one merchant cannot use all of them; try again later."
            .formatted(places.size()));
    try {
      return read(report);
    } finally {
      places.giveBack(merchantId);
    }
  }

  /**
   * Reads the rows of all merchants from one snapshot. Waits for its turn as long as a report may
   * take.
   *
   * @throws TooManyReportsException another watch took longer than that
   */
  public <T> T watch(Function<JdbcTemplate, T> look) {
    await(
        () -> watches.tryAcquire(limit.toMillis(), TimeUnit.MILLISECONDS),
        "Another watch has taken longer than " + limit + ".");
    try {
      return read(look);
    } finally {
      watches.release();
    }
  }

  /** Waits for a place or a turn. */
  @FunctionalInterface
  private interface Turn {
    boolean comes() throws InterruptedException;
  }

  private static void await(Turn turn, String otherwise) {
    try {
      if (!turn.comes()) {
        throw new TooManyReportsException(otherwise);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TooManyReportsException("The service is stopping; the report was not begun.");
    }
  }

  private <T> T read(Function<JdbcTemplate, T> reader) {
    return Objects.requireNonNull(
        snapshot.execute(
            status -> {
              jdbc.execute((ConnectionCallback<Boolean>) this::allowTime);
              return reader.apply(jdbc);
            }));
  }

  private boolean allowTime(Connection connection) throws SQLException {
    connection.setNetworkTimeout(Runnable::run, Math.toIntExact(limit.toMillis()));
    if (connection.getMetaData().getDatabaseProductName().equals("PostgreSQL")) {
      try (Statement statement = connection.createStatement()) {
        statement.execute(ALLOW.formatted(limit.toMillis()));
      }
    }
    return true;
  }
}
