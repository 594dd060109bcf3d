package io.quittance.webhook.courier;

import io.quittance.concurrency.Deadline;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Limits what goes on at once, per host and in all. Those who wait are let in in the order in which
 * they came. A host is forgotten when nothing goes on there. A request that waits for its host does
 * not count against the total. Thread-safe.
 *
 * <p>It stands before the HTTP client's pool, which so has a connection for everyone who is let in.
 * A wait in that pool can lose the connection when the waiter is interrupted just as it gets it,
 * and attempts at a hung host all reach their deadlines together.
 */
final class HostLimits {

  private record Host(Semaphore permits, int users) {}

  private final Semaphore total;
  private final int perHost;
  private final ConcurrentMap<String, Host> hosts = new ConcurrentHashMap<>();

  HostLimits(int total, int perHost) {
    this.total = new Semaphore(total, true);
    this.perHost = perHost;
  }

  /**
   * Waits for room, no longer than until a deadline.
   *
   * @return false: there was none in time; else the call must be followed by {@link #leave}
   */
  boolean enter(String name, Deadline deadline) throws InterruptedException {
    Host host = hosts.compute(name, this::oneMore);
    boolean entered = false;
    try {
      entered = enter(host.permits(), deadline);
      return entered;
    } finally {
      if (!entered) {
        hosts.computeIfPresent(name, HostLimits::oneLess);
      }
    }
  }

  private boolean enter(Semaphore host, Deadline deadline) throws InterruptedException {
    if (!acquire(host, deadline)) {
      return false;
    }
    boolean entered = false;
    try {
      entered = acquire(total, deadline);
      return entered;
    } finally {
      if (!entered) {
        host.release();
      }
    }
  }

  private static boolean acquire(Semaphore permits, Deadline deadline) throws InterruptedException {
    return permits.tryAcquire(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
  }

  void leave(String name) {
    total.release();
    hosts.computeIfPresent(
        name,
        (key, host) -> {
          host.permits().release();
          return oneLess(key, host);
        });
  }

  /** Hosts where something goes on or waits. */
  int hosts() {
    return hosts.size();
  }

  private Host oneMore(String name, @Nullable Host host) {
    return host == null
        ? new Host(new Semaphore(perHost, true), 1)
        : new Host(host.permits(), host.users() + 1);
  }

  private static @Nullable Host oneLess(String name, Host host) {
    return host.users() == 1 ? null : new Host(host.permits(), host.users() - 1);
  }
}
