package io.quittance.concurrency.pool;

import java.util.HashMap;
import java.util.Map;

/**
 * How many jobs of each party the workers of a pool have in hand, and whether they may take one
 * more. Not thread-safe.
 */
final class PartyShares {

  private final int ofOneParty;
  private final int maxBatch;
  private final Map<Object, Integer> inHand = new HashMap<>();
  private PartyLimit limit;
  private int total;

  /**
   * @param ofOneParty jobs of a party while it is alone
   * @param maxBatch jobs that one worker takes at once
   */
  PartyShares(int ofOneParty, int workers, int maxBatch) {
    this.ofOneParty = ofOneParty;
    this.maxBatch = maxBatch;
    this.limit = limit(workers);
  }

  private PartyLimit limit(int workers) {
    int jobs = (int) Math.min(Integer.MAX_VALUE, (long) workers * maxBatch);
    return new PartyLimit(jobs, ofOneParty);
  }

  /** Changes the number of workers. */
  void resize(int workers) {
    limit = limit(workers);
  }

  boolean mayTake(Object party) {
    return inHand.getOrDefault(party, 0) < limit.whileTaken(total);
  }

  void taken(Object party) {
    inHand.merge(party, 1, Integer::sum);
    total++;
  }

  void done(Object party) {
    inHand.computeIfPresent(party, (_, jobs) -> jobs == 1 ? null : jobs - 1);
    total--;
  }
}
