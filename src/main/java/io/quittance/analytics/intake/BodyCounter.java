package io.quittance.analytics.intake;

import io.quittance.concurrency.pool.Job;
import java.util.List;
import java.util.UUID;

/**
 * Counts the bodies of an intake worker, or sends them to where they are counted, and answers them.
 * Confined to one thread.
 */
public interface BodyCounter {

  /** Makes one counter for each intake worker. Thread-safe. */
  interface Source {

    BodyCounter open();

    /** How many of a merchant's events this replica has accepted and nobody has counted yet. */
    long uncounted(UUID merchantId);
  }

  /**
   * Answers bodies. If a body fails, none of its events is counted, unless the outcome is unknown.
   */
  void count(List<Job<Body, IntakeResult>> jobs) throws Exception;

  /** How many ids were forgotten before the end of their window, because the filter was full. */
  long forgottenEarly();

  /** Releases what the counter holds; it is not called again. */
  void close();
}
