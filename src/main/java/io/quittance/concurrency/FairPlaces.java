package io.quittance.concurrency;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A number of places for which parties wait. One party may have all but one of them, so that there
 * is always one to come for the others; who may have a place gets it in the order of arrival.
 * Thread-safe.
 *
 * @param <P> who a party is, by {@code equals}
 */
public final class FairPlaces<P> {

  private record Waiter<P>(P party, Condition turn) {}

  private final int size;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Waiter<P>> waiting = new ArrayDeque<>();
  private final Map<P, Integer> taken = new HashMap<>();
  private int total;

  /**
   * @param size 1 or more; a single place may be used by any party
   */
  public FairPlaces(int size) {
    if (size < 1) {
      throw new IllegalArgumentException("there must be a place, not " + size);
    }
    this.size = size;
  }

  public int size() {
    return size;
  }

  /**
   * Takes a place for a party, and waits for one; then it must be {@link #giveBack given back}.
   *
   * @return whether there was one in time
   */
  public boolean take(P party, Duration patience) throws InterruptedException {
    long nanos = patience.toNanos();
    lock.lockInterruptibly();
    var own = new Waiter<>(party, lock.newCondition());
    waiting.add(own);
    try {
      while (next() != own) {
        if (nanos <= 0) {
          return false;
        }
        nanos = own.turn().awaitNanos(nanos);
      }
      taken.merge(party, 1, Integer::sum);
      total++;
      return true;
    } finally {
      waiting.remove(own);
      wakeNext();
      lock.unlock();
    }
  }

  public void giveBack(P party) {
    lock.lock();
    try {
      taken.computeIfPresent(party, (_, places) -> places == 1 ? null : places - 1);
      total--;
      wakeNext();
    } finally {
      lock.unlock();
    }
  }

  /** The first of those who wait and may have a place now; null: there is none. */
  private @Nullable Waiter<P> next() {
    for (Waiter<P> one : waiting) {
      if (mayHave(one.party())) {
        return one;
      }
    }
    return null;
  }

  private boolean mayHave(P party) {
    return total < size && taken.getOrDefault(party, 0) < Math.max(1, size - 1);
  }

  private void wakeNext() {
    Waiter<P> next = next();
    if (next != null) {
      next.turn().signal();
    }
  }
}
