package io.quittance.payment.batch.run;

import io.quittance.concurrency.Deadline;
import io.quittance.journal.Journal;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Lets a replica's batches have what others leave: while commands of other merchants come, only a
 * few items are under way at once, of all batches together; otherwise as many as the batches like.
 * Thread-safe.
 */
@Component
final class ItemGate {

  /** Whoever has been silent for so long is not kept waiting. */
  private static final Duration OTHERS_SEEN = Duration.ofSeconds(1);

  private final Predicate<UUID> othersCome;
  private final int besideOthers;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private int underWay;

  @Autowired
  ItemGate(Journal journal, BatchProperties properties) {
    this(
        merchantId -> journal.othersWithin(merchantId, OTHERS_SEEN),
        properties.parallelismBesideOthers());
  }

  ItemGate(Predicate<UUID> othersCome, int besideOthers) {
    this.othersCome = othersCome;
    this.besideOthers = besideOthers;
  }

  /**
   * Waits until an item may begin; then it must {@link #leave}.
   *
   * @return false if the deadline passed before, and the item is not under way
   */
  boolean enter(UUID merchantId, Deadline deadline) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (underWay >= besideOthers && othersCome.test(merchantId)) {
        if (!room.await(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
          return false;
        }
      }
      underWay++;
      // Others may have gone, and then there is room for more than the one that left.
      room.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  void leave() {
    lock.lock();
    try {
      underWay--;
      room.signal();
    } finally {
      lock.unlock();
    }
  }
}
