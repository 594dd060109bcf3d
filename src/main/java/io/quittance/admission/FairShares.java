package io.quittance.admission;

import io.quittance.access.RequestSender;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Shares a limited resource among parties. One party alone may take all of it. Once the limit is
 * reached, only a party that has less than an equal share, or less than half of what the largest
 * one has, may take more. The total may then exceed the limit, up to twice, until the larger
 * parties have given back their excess. If the largest one has more than the limit, which has
 * fallen since, the others may have the limit besides; two such parties are not foreseen. As nobody
 * takes more than the limit of the moment, the total never exceeds twice the highest limit.
 * Thread-safe.
 */
public final class FairShares {

  /** The total may exceed the highest limit by at most this factor. */
  public static final int EXCESS_MAX = 2;

  private final Map<UUID, Long> taken = new HashMap<>();
  private long total;

  /** The party that took the most; it may have given back since. */
  private UUID largest = RequestSender.UNKNOWN;

  /**
   * Takes an amount if there is room for it, or if the party has less than its share.
   *
   * @return whether it was taken; if so, the party must {@link #giveBack} it
   */
  public synchronized boolean take(UUID party, long amount, long limit) {
    if (!mayTake(party, amount, limit)) {
      return false;
    }
    force(party, amount);
    return true;
  }

  synchronized boolean mayTake(UUID party, long amount, long limit) {
    return total + amount <= limit
        || (of(party) + amount <= Math.max(amount, share(party, limit))
            && total + amount <= Math.max(EXCESS_MAX * limit, limit + largest()));
  }

  private long share(UUID party, long limit) {
    int parties = taken.containsKey(party) ? taken.size() : taken.size() + 1;
    return Math.max(limit / parties, largest() / 2);
  }

  /** What the largest party has; it is looked for again if it has less than the average. */
  private long largest() {
    if (of(largest) * taken.size() < total) {
      largest = Collections.max(taken.entrySet(), Map.Entry.comparingByValue()).getKey();
    }
    return of(largest);
  }

  /** Takes an amount whatever the limit. */
  synchronized void force(UUID party, long amount) {
    long own = taken.merge(party, amount, Long::sum);
    total += amount;
    if (own > of(largest)) {
      largest = party;
    }
  }

  /**
   * Gives back one if the total exceeds the limit and the party has more than its share; returns
   * whether it did. For places that are kept for hours. Concurrent calls together give back no more
   * than the excess.
   */
  public synchronized boolean giveBackExcess(UUID party, long limit) {
    boolean excess = total > limit && of(party) > Math.max(1, share(party, limit));
    if (excess) {
      giveBack(party, 1);
    }
    return excess;
  }

  public synchronized void giveBack(UUID party, long amount) {
    taken.computeIfPresent(party, (id, own) -> own == amount ? null : Long.valueOf(own - amount));
    total -= amount;
  }

  public synchronized long total() {
    return total;
  }

  private long of(UUID party) {
    return taken.getOrDefault(party, 0L);
  }
}
