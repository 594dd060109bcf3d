package io.quittance.journal;

import io.quittance.concurrency.Deadline;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The merchants that have just kept a lane waiting, by statements that take long or by rows that
 * others have locked and no command announces. For some seconds their commands step aside, so that
 * those with whom they share the lane do not wait again. Where several are slow, or nobody else is
 * there, it is the database, and nobody steps aside. Thread-safe.
 */
final class TroubledMerchants {

  private static final Duration MEMORY = Duration.ofSeconds(5);

  /**
   * @param times how often they have kept the lane waiting, the last time less than the memory ago
   * @param slow whether by a statement, not by a lock
   */
  private record Trouble(Deadline until, int times, boolean slow) {

    boolean remembered() {
      return !until.expired();
    }
  }

  private final RecentMerchants recent;
  private final Map<UUID, Trouble> troubles = new ConcurrentHashMap<>();
  private volatile Deadline watchful = Deadline.after(Duration.ZERO);

  /**
   * @param recent who uses the journal
   */
  TroubledMerchants(RecentMerchants recent) {
    this.recent = recent;
  }

  /** A command needs a row that another transaction has locked. Once may be by chance. */
  void waitsForALock(UUID merchantId) {
    note(merchantId, false);
  }

  /** Whose a transaction was that took long. */
  void areSlow(Set<UUID> merchants) {
    if (merchants.size() == 1) {
      note(merchants.iterator().next(), true);
    } else {
      watchful = Deadline.after(MEMORY);
    }
  }

  private void note(UUID merchantId, boolean slow) {
    troubles.values().removeIf(trouble -> !trouble.remembered());
    troubles.compute(
        merchantId,
        (_, before) ->
            new Trouble(
                Deadline.after(MEMORY),
                before == null ? 1 : before.times() + 1,
                slow || (before != null && before.slow())));
  }

  /**
   * Whether a transaction of several merchants was slow just now, so that each one's commands need
   * a transaction of their own, to find out whose it is.
   */
  boolean watchful() {
    return !watchful.expired() && !severalAreSlow();
  }

  /** Whether this merchant's commands are to step aside. */
  boolean has(UUID merchantId) {
    if (troubles.isEmpty()) {
      return false;
    }
    Trouble trouble = troubles.get(merchantId);
    return trouble != null
        && trouble.remembered()
        && (trouble.slow() ? !severalAreSlow() : trouble.times() > 1)
        && recent.othersWithin(merchantId, MEMORY);
  }

  /** Whether the transactions of several merchants are slow, each by itself. */
  boolean severalAreSlow() {
    return troubles.values().stream()
            .filter(trouble -> trouble.slow() && trouble.remembered())
            .limit(2)
            .count()
        > 1;
  }
}
