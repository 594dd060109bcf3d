package io.quittance.database;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Deletes rows by their age, oldest first and a few at a time, each time in a transaction of its
 * own, so that nobody waits for it. Other replicas skip what one has deleted. A batch begins where
 * the one before it ended: what that has deleted stays in the index until it is vacuumed, and is
 * not read again, unless very many rows have one time. One that fails because of its own rows, such
 * as a lock that was not free in time, is left to the next sweep. Thread-safe.
 */
public final class AgeSweep {

  /** So many batches are deleted at once if their rows have one time; of more, a part. */
  private static final int BATCHES_AT_ONCE_MAX = 2;

  private static final OffsetDateTime BEGINNING = Instants.parameter(Instant.EPOCH);

  /**
   * The rows of a table that are deleted by their age.
   *
   * @param condition which of its rows they are, ending in "and"; empty: all of them. Its
   *     parameters are those of the sweep
   */
  public record AgedRows(String table, String timeColumn, String condition) {

    /** Queries the time of the last row of the next batch. */
    public String last() {
      return """
      select max(%2$s)
        from (select %2$s from %1$s
               where %3$s %2$s > ? and %2$s < ? order by %2$s limit ?) next
      """
          .formatted(table, timeColumn, condition);
    }

    /** Deletes a batch, and skips rows that another transaction has locked. */
    public String delete(Dialect dialect, int limit) {
      return dialect.deleteUnlocked(
          table, "%2$s %1$s > ? and %1$s <= ?".formatted(timeColumn, condition), timeColumn, limit);
    }
  }

  private final JdbcClient jdbc;
  private final String last;
  private final String delete;
  private final int rowsPerBatch;
  private final int rowsAtOnceMax;
  private final int batchesMax;

  /**
   * @param rowsPerBatch up to twice as many are deleted at once if they have one time
   * @param batchesMax of one sweep; the next one goes on
   */
  public AgeSweep(
      JdbcClient jdbc, Dialect dialect, AgedRows rows, int rowsPerBatch, int batchesMax) {
    this.jdbc = jdbc;
    this.last = rows.last();
    this.rowsPerBatch = rowsPerBatch;
    this.rowsAtOnceMax = BATCHES_AT_ONCE_MAX * rowsPerBatch;
    this.delete = rows.delete(dialect, rowsAtOnceMax);
    this.batchesMax = batchesMax;
  }

  /**
   * Deletes what is older than an instant.
   *
   * @param parameters what both statements take before the times
   * @throws RuntimeException why the first of the batches was left that could not be deleted
   */
  public void deleteBefore(Instant cutoff, Object... parameters) {
    OffsetDateTime before = Instants.parameter(cutoff);
    List<Object> own = List.of(parameters);
    OffsetDateTime after = BEGINNING;
    @Nullable RuntimeException left = null;
    for (int batch = 0; batch < batchesMax; batch++) {
      Optional<OffsetDateTime> end = endOfNext(after, before, own);
      if (end.isEmpty()) {
        break;
      }
      try {
        int deleted = jdbc.sql(delete).params(with(own, after, end.get())).update();
        if (deleted >= rowsAtOnceMax) {
          continue;
        }
      } catch (RuntimeException e) {
        if (!SqlFailure.ofSomeRows(e)) {
          throw e;
        }
        left = left == null ? e : left;
      }
      after = end.get();
    }
    if (left != null) {
      throw left;
    }
  }

  private Optional<OffsetDateTime> endOfNext(
      OffsetDateTime after, OffsetDateTime before, List<Object> parameters) {
    return jdbc.sql(last)
        .params(with(parameters, after, before, rowsPerBatch))
        .query((rs, row) -> rs.getObject(1, OffsetDateTime.class))
        .optional();
  }

  private static List<Object> with(List<Object> parameters, Object... more) {
    var all = new ArrayList<>(parameters);
    all.addAll(List.of(more));
    return all;
  }
}
