package io.quittance.analytics.intake;

import io.quittance.concurrency.Job;
import java.util.List;
import java.util.UUID;

/**
 * What a shard does with its bodies: counts them, or hands them to what does, and answers them.
 * Confined to one thread.
 */
public interface BodyCounter {

  /** Makes one for each shard. Thread-safe. */
  interface Source {

    BodyCounter open();

    /** A merchant's events that were answered as accepted here, and are not counted yet. */
    long uncounted(UUID merchantId);
  }

  /** Answers bodies; nothing of a body that fails is counted, unless the error leaves that open. */
  void count(List<Job<Body, Counted>> jobs) throws Exception;

  /** How many ids were forgotten before their window was over, for want of room. */
  long forgottenEarly();

  /** Nothing comes any more. */
  void close();
}
