package io.quittance.concurrency.pool;

import io.quittance.concurrency.Deadline;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A semaphore that is fair to parties. One party may have all but one of the places, and the last
 * free one is only for a party that has none ({@link PartyLimit}), so that others never wait for
 * all of them. With two places, two parties may have both. The next free place goes to the waiting
 * party with the fewest places; parties with equally many take turns. Within a party, the order is
 * that of arrival. Thread-safe.
 *
 * @param <P> who a party is, by {@code equals}
 */
public final class FairPlaces<P> {

  /**
   * @param unlimited whether it may take a place beyond the limits when it is its turn
   */
  private record Waiter(Condition turn, BooleanSupplier unlimited) {}

  /** A party that has places or waits for one. */
  private static final class Party {
    private final Deque<Waiter> waiting = new ArrayDeque<>();
    private int taken;
  }

  private final PartyLimit limit;
  private final ReentrantLock lock = new ReentrantLock();

  /** Ordered by turns: the party that took a place last comes last. */
  private final SequencedMap<P, Party> parties = new LinkedHashMap<>();

  private int total;

  /**
   * @param size 1 or more; a single place may be used by any party
   */
  public FairPlaces(int size) {
    if (size < 1) {
      throw new IllegalArgumentException("there must be a place, not " + size);
    }
    this.limit = new PartyLimit(size, Math.max(1, size - 1));
  }

  public int size() {
    return limit.places();
  }

  /**
   * Takes a place for a party, waiting if necessary. It must be {@linkplain #giveBack given back}.
   *
   * @return whether a place was free in time
   */
  public boolean take(P who, Duration patience) throws InterruptedException {
    return take(who, Deadline.after(patience));
  }

  /** As {@link #take(Object, Duration)}, until a deadline and by its clock. */
  public boolean take(P who, Deadline until) throws InterruptedException {
    return take(who, until, () -> false);
  }

  /**
   * As {@link #take(Object, Deadline)}, with a condition under which the number of places is not
   * limited. The order still applies: nobody overtakes a waiting party with fewer places.
   *
   * @param unlimited the condition; must be fast, and is checked again whenever a place is taken or
   *     given back
   */
  public boolean take(P who, Deadline until, BooleanSupplier unlimited)
      throws InterruptedException {
    lock.lockInterruptibly();
    Party party = parties.computeIfAbsent(who, _ -> new Party());
    var own = new Waiter(lock.newCondition(), unlimited);
    party.waiting.add(own);
    try {
      while (next() != own) {
        if (until.expired()) {
          return false;
        }
        var _ = own.turn().awaitNanos(until.sleepNanos());
      }
      party.taken++;
      total++;
      parties.putLast(who, party);
      return true;
    } finally {
      party.waiting.remove(own);
      leave(who, party);
      lock.unlock();
    }
  }

  public void giveBack(P who) {
    lock.lock();
    try {
      Party party = Objects.requireNonNull(parties.get(who), "it has no place");
      party.taken--;
      total--;
      leave(who, party);
    } finally {
      lock.unlock();
    }
  }

  /** Updates a party after it took or gave back a place, or stopped waiting. */
  private void leave(P who, Party party) {
    if (party.taken == 0 && party.waiting.isEmpty()) {
      parties.remove(who);
    }
    Waiter next = next();
    if (next != null) {
      next.turn().signal();
    }
  }

  /** The next that may have a place now; null: nobody. */
  private @Nullable Waiter next() {
    Party first = null;
    for (Party party : parties.values()) {
      if (!party.waiting.isEmpty() && (first == null || party.taken < first.taken)) {
        first = party;
      }
    }
    if (first == null) {
      return null;
    }
    Waiter waiter = first.waiting.getFirst();
    return mayHave(first) || waiter.unlimited().getAsBoolean() ? waiter : null;
  }

  private boolean mayHave(Party party) {
    return total < limit.places() && party.taken < limit.whileTaken(total);
  }
}
