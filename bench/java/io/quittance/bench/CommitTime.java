package io.quittance.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.HdrHistogram.Histogram;

/** How long this machine's disk takes for one commit; what batches save depends on it. */
final class CommitTime {

  private static final int COMMITS = 300;

  private CommitTime() {}

  static double micros(Connection connection) throws SQLException {
    Histogram times = Latencies.histogram();
    try (Statement statement = connection.createStatement()) {
      statement.execute("create table commit_time (n integer)");
      for (int i = 0; i < COMMITS; i++) {
        long start = System.nanoTime();
        statement.execute("insert into commit_time values (1)");
        times.recordValue((System.nanoTime() - start) / 1_000);
      }
      statement.execute("drop table commit_time");
    }
    return times.getValueAtPercentile(50);
  }
}
