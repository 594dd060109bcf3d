package io.quittance.payment.batch.run;

import io.quittance.concurrency.Deadline;
import io.quittance.journal.Journal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
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

  /** Those who wait, each with what wakes it, in the order in which they came. */
  private final Deque<Condition> waiting = new ArrayDeque<>();

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
    Condition turn = lock.newCondition();
    waiting.add(turn);
    try {
      while (!mayBegin(turn, merchantId)) {
        if (!turn.await(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
          return false;
        }
      }
      underWay++;
      return true;
    } finally {
      waiting.remove(turn);
      // Others may have gone, and then there is room for more than the one that left.
      wakeFirst();
      lock.unlock();
    }
  }

  private boolean mayBegin(Condition turn, UUID merchantId) {
    return turn == waiting.peek() && (underWay < besideOthers || !othersCome.test(merchantId));
  }

  void leave() {
    lock.lock();
    try {
      underWay--;
      wakeFirst();
    } finally {
      lock.unlock();
    }
  }

  private void wakeFirst() {
    Condition first = waiting.peek();
    if (first != null) {
      first.signal();
    }
  }
}
