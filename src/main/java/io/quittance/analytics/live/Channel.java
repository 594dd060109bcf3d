package io.quittance.analytics.live;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The newest frame of one merchant, for all watchers. A slow watcher misses frames, and always gets
 * the newest one. Thread-safe.
 */
final class Channel {

  /**
   * A frame as it is sent.
   *
   * @param number counts up from 1
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Frame(long number, byte[] bytes) {}

  private final UUID merchantId;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition fresh = lock.newCondition();
  private @Nullable Frame newest;
  private @Nullable LiveFrame shown;
  private boolean closed;

  Channel(UUID merchantId) {
    this.merchantId = merchantId;
  }

  UUID merchantId() {
    return merchantId;
  }

  /**
   * The content of the newest frame; null: there is none. Used only by the thread that makes the
   * next one.
   */
  @Nullable LiveFrame shown() {
    return shown;
  }

  void publish(LiveFrame frame, byte[] bytes) {
    lock.lock();
    try {
      shown = frame;
      newest = new Frame(newest == null ? 1 : newest.number() + 1, bytes);
      fresh.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the wait of all watchers. */
  void close() {
    lock.lock();
    try {
      closed = true;
      fresh.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean closed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /** The newest frame that the watcher has not seen; null if none comes in time. */
  @Nullable Frame next(long lastSeen, Duration timeout) throws InterruptedException {
    long left = timeout.toNanos();
    lock.lockInterruptibly();
    try {
      while (!closed && left > 0 && !(newest != null && newest.number() > lastSeen)) {
        left = fresh.awaitNanos(left);
      }
      return newest != null && newest.number() > lastSeen ? newest : null;
    } finally {
      lock.unlock();
    }
  }
}
