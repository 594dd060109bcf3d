package io.quittance.ledger.report;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.FairPlaces;
import io.quittance.database.ArrayParameters;
import io.quittance.database.ReportConnections;
import io.quittance.journal.Dialect;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.ResultSetExtractor;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Reads as much as it takes from one snapshot of the books, row by row: memory is bounded by the
 * fetch size, time by a limit. Reports have connections of their own, and no more of them run at
 * once; one merchant's leave a place to the others. Thread-safe.
 */
@Component
final class Reports {

  private static final int FETCH_SIZE = 1_000;

  /** A short report may end in it. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private final ReportConnections connections;
  private final FairPlaces<UUID> places;
  private final JdbcTemplate jdbc;
  private final TransactionTemplate transaction;
  private final Dialect dialect;
  private final Duration limit;

  Reports(ReportConnections connections, Dialect dialect, LedgerProperties properties) {
    this.connections = connections;
    this.places = new FairPlaces<>(connections.size());
    this.jdbc = new JdbcTemplate(connections.pool());
    this.jdbc.setFetchSize(FETCH_SIZE);
    this.transaction = new TransactionTemplate(new JdbcTransactionManager(connections.pool()));
    this.transaction.setReadOnly(true);
    this.transaction.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
    this.dialect = dialect;
    this.limit = properties.reportLimit();
  }

  /**
   * Makes a report for a merchant.
   *
   * @throws Problem {@code overloaded} when enough of them are being made, and none ends soon;
   *     {@code deadline_exceeded} when it takes too long
   */
  <T> T read(UUID merchantId, Function<Snapshot, T> report) {
    takePlace(merchantId);
    try {
      return Objects.requireNonNull(
          transaction.execute(
              status -> {
                allowTime();
                return report.apply(new Snapshot(jdbc, dialect.now(jdbc), Deadline.after(limit)));
              }));
    } finally {
      places.giveBack(merchantId);
    }
  }

  private void takePlace(UUID merchantId) {
    try {
      if (places.take(merchantId, PATIENCE)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.stopping();
    }
    throw Problem.of(
            ProblemCode.OVERLOADED,
            "At most %d reports run at once, and one merchant's may not take all places."
                .formatted(connections.size()))
        .retryAfter(RETRY_AFTER);
  }

  private void allowTime() {
    jdbc.execute(
        (ConnectionCallback<Boolean>)
            connection -> {
              connection.setNetworkTimeout(Runnable::run, Math.toIntExact(limit.toMillis()));
              return true;
            });
    dialect.allow(jdbc, limit);
  }

  /**
   * The books as they were at one moment.
   *
   * @param now that moment, by the database's clock
   */
  record Snapshot(JdbcOperations jdbc, Instant now, Deadline deadline) {

    /** Runs a query whose rows are read one after the other. */
    <T> T query(String sql, ResultSetExtractor<T> reader, Object... parameters) {
      return Objects.requireNonNull(
          jdbc.query(
              connection -> {
                PreparedStatement statement = connection.prepareStatement(sql);
                for (int i = 0; i < parameters.length; i++) {
                  Object value = parameters[i];
                  if (value instanceof String[] texts) {
                    ArrayParameters.bind(statement, i + 1, "varchar", (Object[]) texts);
                  } else {
                    statement.setObject(i + 1, value);
                  }
                }
                return statement;
              },
              reader));
    }

    /** To be called between rows. */
    void checkTime() {
      if (deadline.expired()) {
        throw Problem.of(
            ProblemCode.DEADLINE_EXCEEDED, "The report took too long; ask for a shorter one.");
      }
    }
  }
}
