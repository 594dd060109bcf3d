package io.quittance.ledger.report;

import io.quittance.concurrency.Deadline;
import io.quittance.database.ArrayParameters;
import io.quittance.database.Dialect;
import io.quittance.database.ReportConnections;
import io.quittance.database.TooManyReportsException;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.ResultSetExtractor;
import org.springframework.stereotype.Component;

/**
 * Makes reports from one snapshot of the books, row by row: memory is limited by the fetch size,
 * time by a limit. Reports have their own connections, which limit how many run at once; one
 * merchant may not use all of them. Thread-safe.
 */
@Component
final class Reports {

  private final ReportConnections connections;
  private final Dialect dialect;
  private final Duration limit;

  Reports(ReportConnections connections, Dialect dialect, LedgerProperties properties) {
    this.connections = connections;
    this.dialect = dialect;
    this.limit = properties.reportLimit();
  }

  /**
   * Makes a report for a merchant.
   *
   * @throws TooManyReportsException when too many reports are running, and none ends soon
   * @throws Problem {@code deadline_exceeded} when the report takes too long
   */
  <T> T read(UUID merchantId, Function<Snapshot, T> report) {
    return connections.report(
        merchantId,
        jdbc -> report.apply(new Snapshot(jdbc, dialect.now(jdbc), Deadline.after(limit))));
  }

  /**
   * The books at one instant.
   *
   * @param now that instant, by the database's clock
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
            ProblemCode.DEADLINE_EXCEEDED,
            "The report took too long; ask for a shorter time, or for one account.");
      }
    }
  }
}
