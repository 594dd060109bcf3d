package io.quittance.concurrency.pool;

import io.quittance.concurrency.Deadline;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The threads of a pool: a variable number. Thread-safe. */
final class Workers {

  private final String pool;
  private final ThreadFactory threads;
  private final Runnable work;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition gone = lock.newCondition();

  private int wanted;
  private int alive;
  private boolean closed;

  /**
   * @param work what a thread does until {@link #leave} tells it to end
   */
  Workers(String pool, ThreadFactory threads, Runnable work) {
    this.pool = pool;
    this.threads = threads;
    this.work = work;
  }

  /**
   * Starts threads up to this number; surplus ones end when they call {@link #leave}.
   *
   * @throws RejectedExecutionException it is closed, or the thread factory made no thread
   */
  void resize(int workers) {
    if (workers < 1) {
      throw new IllegalArgumentException("a pool needs a worker, not " + workers);
    }
    lock.lock();
    try {
      if (closed) {
        throw new RejectedExecutionException(pool + " is closed");
      }
      wanted = workers;
      while (alive < wanted) {
        start();
      }
    } finally {
      lock.unlock();
    }
  }

  private void start() {
    Thread thread = threads.newThread(work);
    if (thread == null) {
      throw new RejectedExecutionException("the thread factory of " + pool + " made no thread");
    }
    thread.start();
    alive++;
  }

  /**
   * Removes the calling worker if it has to end; returns whether it has to.
   *
   * @param inAnyCase even if there are not too many workers
   */
  boolean leave(boolean inAnyCase) {
    lock.lock();
    try {
      if (!inAnyCase && alive <= wanted) {
        return false;
      }
      alive--;
      gone.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  int alive() {
    lock.lock();
    try {
      return alive;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Starts no more threads, and waits until the last has ended, up to the limit. An interrupt does
   * not end the waiting, and is pending afterwards.
   */
  void close(Deadline limit) {
    boolean interrupted = false;
    lock.lock();
    try {
      closed = true;
      while (alive > 0 && !limit.expired()) {
        try {
          var _ = gone.awaitNanos(limit.sleepNanos());
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
