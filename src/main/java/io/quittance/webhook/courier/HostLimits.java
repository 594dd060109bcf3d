package io.quittance.webhook.courier;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.pool.FairPlaces;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Limits the requests in progress, per host and in total. One merchant may use all places but one,
 * and several leave one to others, at each host and in total, and the merchant with the fewest is
 * let in first ({@link FairPlaces}): the receivers of many merchants may be behind one host, and
 * some of them may be slow. A host without requests is forgotten. A request that waits for its host
 * does not count against the total. Thread-safe.
 *
 * <p>It is applied before the HTTP client's pool, so that the pool has a connection for each
 * request that is let in. A wait in the pool could lose a connection if the waiting thread is
 * interrupted just as it gets one, and attempts at a hung host reach their deadlines together.
 */
final class HostLimits {

  private record Host(FairPlaces<UUID> places, int users) {}

  private final FairPlaces<UUID> total;
  private final int perHost;
  private final ConcurrentMap<String, Host> hosts = new ConcurrentHashMap<>();

  HostLimits(int total, int perHost) {
    this.total = new FairPlaces<>(total);
    this.perHost = perHost;
  }

  /**
   * Waits for room until the deadline.
   *
   * @return false: there was none in time; else the call must be followed by {@link #leave}
   */
  boolean enter(String name, UUID merchantId, Deadline deadline) throws InterruptedException {
    Host host = hosts.compute(name, this::oneMore);
    boolean entered = false;
    try {
      entered = enter(host.places(), merchantId, deadline);
      return entered;
    } finally {
      if (!entered) {
        hosts.computeIfPresent(name, HostLimits::oneLess);
      }
    }
  }

  private boolean enter(FairPlaces<UUID> host, UUID merchantId, Deadline deadline)
      throws InterruptedException {
    if (!host.take(merchantId, deadline)) {
      return false;
    }
    boolean entered = false;
    try {
      entered = total.take(merchantId, deadline);
      return entered;
    } finally {
      if (!entered) {
        host.giveBack(merchantId);
      }
    }
  }

  void leave(String name, UUID merchantId) {
    total.giveBack(merchantId);
    hosts.computeIfPresent(
        name,
        (key, host) -> {
          host.places().giveBack(merchantId);
          return oneLess(key, host);
        });
  }

  /** How many hosts have requests in progress or waiting. */
  int hosts() {
    return hosts.size();
  }

  private Host oneMore(String name, @Nullable Host host) {
    return host == null
        ? new Host(new FairPlaces<>(perHost), 1)
        : new Host(host.places(), host.users() + 1);
  }

  private static @Nullable Host oneLess(String name, Host host) {
    return host.users() == 1 ? null : new Host(host.places(), host.users() - 1);
  }
}
