package io.quittance.payment.batch.run;

import io.quittance.payment.batch.store.StoredBatch;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.dao.CannotAcquireLockException;

/**
 * When the progress of a batch is written again after a failure: soon, but later and later while
 * another transaction holds a lock, so that others get connections in between. Confined to one
 * thread.
 */
final class WriteRetries {

  private static final Logger log = LoggerFactory.getLogger(WriteRetries.class);

  private static final Duration FIRST = Duration.ofMillis(50);
  private static final Duration LONGEST = Duration.ofSeconds(1);

  private final StoredBatch batch;
  private Duration next = FIRST;

  WriteRetries(StoredBatch batch) {
    this.batch = batch;
  }

  /** Logs the failure, and returns how long to wait. */
  Duration after(RuntimeException failure) {
    boolean locked = failure instanceof CannotAcquireLockException;
    Duration pause = locked ? next : FIRST;
    next = locked ? longer(pause) : FIRST;
    // The job that renews the lease may lock the row for a moment: that is no reason to warn.
    boolean warns = !locked || (pause.compareTo(LONGEST) < 0 && next.equals(LONGEST));
    log.atLevel(warns ? Level.WARN : Level.DEBUG)
        .log("The progress of batch {} is not written yet: {}", batch.text(), failure.getMessage());
    return pause;
  }

  private static Duration longer(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST) < 0 ? twice : LONGEST;
  }

  void succeeded() {
    next = FIRST;
  }
}
