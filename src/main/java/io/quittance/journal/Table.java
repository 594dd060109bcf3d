package io.quittance.journal;

import java.time.Instant;
import org.springframework.jdbc.core.JdbcOperations;

/** The rows of one table, or a few that belong together, as one batch sees and changes them. */
public interface Table {

  /** Reads, and locks where needed, every row that the batch's commands asked for. */
  void load(JdbcOperations jdbc);

  /** Writes what the commands decided, in JDBC batches. */
  void flush(JdbcOperations jdbc, Instant now);

  /**
   * Opens a fresh table for each batch. All replicas load their tables in the order of these beans
   * ({@link org.springframework.core.annotation.Order}), so that locks are taken in one order.
   */
  @FunctionalInterface
  interface Factory {

    /** A table for this batch, which has the tables before it already. */
    Table open(Batch batch);
  }
}
