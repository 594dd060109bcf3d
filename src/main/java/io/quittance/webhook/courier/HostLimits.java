package io.quittance.webhook.courier;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.FairPlaces;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Limits what goes on at once, per host and in all. A merchant may have all places but one, of each
 * host and in all, and who has the fewest is let in first ({@link FairPlaces}): the receivers of
 * many merchants may stand behind one host, and one of them be slow. A host is forgotten when
 * nothing goes on there. A request that waits for its host does not count against the total.
 * Thread-safe.
 *
 * <p>It stands before the HTTP client's pool, which so has a connection for everyone who is let in.
 * A wait in that pool can lose the connection when the waiter is interrupted just as it gets it,
 * and attempts at a hung host all reach their deadlines together.
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
   * Waits for room, no longer than until a deadline.
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

  /** Hosts where something goes on or waits. */
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
