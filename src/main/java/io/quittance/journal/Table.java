package io.quittance.journal;

import java.time.Instant;
import org.springframework.jdbc.core.JdbcOperations;

/** The rows of one table, or a few that belong together, as one batch sees and changes them. */
public interface Table {

  /** Reads, and locks where needed, every row that the batch's commands asked for. */
  void load(JdbcOperations jdbc);

  /** Adds what the commands decided to the batch's writes. */
  void flush(Writes writes, Instant now);

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
