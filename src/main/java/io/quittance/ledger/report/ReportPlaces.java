package io.quittance.ledger.report;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many reports are made at once. One merchant may have all places but one, so that its slow
 * readers leave the others a place. Thread-safe.
 */
final class ReportPlaces {

  private final int size;
  private final ReentrantLock lock = new ReentrantLock(true);
  private final Condition left = lock.newCondition();
  private final Map<UUID, Integer> taken = new HashMap<>();
  private int total;

  /**
   * @param size 1 or more; a single place may be used by any merchant
   */
  ReportPlaces(int size) {
    this.size = size;
  }

  /**
   * Takes a place for a merchant, and waits for one; then it must be {@link #giveBack given back}.
   *
   * @return whether there was one in time
   */
  boolean take(UUID merchantId, Duration patience) throws InterruptedException {
    long nanos = patience.toNanos();
    lock.lockInterruptibly();
    try {
      while (!free(merchantId)) {
        if (nanos <= 0) {
          return false;
        }
        nanos = left.awaitNanos(nanos);
      }
      taken.merge(merchantId, 1, Integer::sum);
      total++;
      return true;
    } finally {
      lock.unlock();
    }
  }

  private boolean free(UUID merchantId) {
    return total < size && taken.getOrDefault(merchantId, 0) < Math.max(1, size - 1);
  }

  void giveBack(UUID merchantId) {
    lock.lock();
    try {
      taken.computeIfPresent(merchantId, (id, places) -> places == 1 ? null : places - 1);
      total--;
      left.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
