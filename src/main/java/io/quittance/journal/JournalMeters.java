package io.quittance.journal;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.database.SqlFailure;

/** Counts transactions of the journal that did not commit at the first attempt. Thread-safe. */
final class JournalMeters {

  private final Counter halved;
  private final Counter deadlocks;
  private final Counter serializations;
  private final Counter collisions;

  JournalMeters(MeterRegistry registry) {
    this.halved =
        Counter.builder("quittance.journal.halved")
            .description("Groups of commands that failed and were retried in halves")
            .register(registry);
    this.deadlocks = retried("deadlock", registry);
    this.serializations = retried("serialization", registry);
    this.collisions = retried("collision", registry);
  }

  private static Counter retried(String reason, MeterRegistry registry) {
    return Counter.builder("quittance.journal.retried")
        .description("Transactions that were retried at once, by why they failed")
        .tag("reason", reason)
        .register(registry);
  }

  void halved() {
    halved.increment();
  }

  /** Records a transaction that is retried after this failure. */
  void retried(Throwable failure) {
    if (SqlFailure.deadlock(failure)) {
      deadlocks.increment();
    } else if (SqlFailure.transientConflict(failure)) {
      serializations.increment();
    } else {
      collisions.increment();
    }
  }
}
