package io.quittance.webhook.courier;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.Job;
import io.quittance.concurrency.QueueFullException;
import io.quittance.concurrency.WorkerPool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;

/**
 * Finds the addresses of a webhook's host, and refuses a host if any of them is not public.
 * Thread-safe.
 *
 * <p>A look-up is a native call: it pins its carrier and cannot be interrupted. So it runs on
 * platform threads of its own, one at a time per name, and callers wait no longer than they can. An
 * answer, also that there is none, is remembered for a few seconds: it keeps known hosts going
 * while slow name servers occupy the threads.
 */
final class DnsResolver implements AutoCloseable {

  private static final int WORKERS = 32;
  private static final int QUEUE_CAPACITY = 256;
  private static final int REMEMBERED_MAX = 10_000;
  private static final Duration REMEMBERED_FOR = Duration.ofSeconds(10);

  /** Longer than any caller waits; an answer that comes late serves the next attempt. */
  private static final Duration QUEUED_MAX = Duration.ofHours(1);

  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(1);

  /** Asks the domain name system. */
  @FunctionalInterface
  interface Resolver {
    InetAddress[] resolve(String name) throws UnknownHostException;
  }

  /** The host has an address where no webhook may go. */
  static final class NotPublicException extends IOException {
    private static final long serialVersionUID = 1L;

    NotPublicException(String host) {
      super(host + " has an address that is not public");
    }
  }

  private final Resolver resolver;
  private final boolean allowLoopback;
  private final WorkerPool<String, List<InetAddress>> lookups;
  private final AsyncCache<String, List<InetAddress>> known;

  DnsResolver(
      Resolver resolver, Duration rememberedFor, boolean allowLoopback, MeterRegistry registry) {
    this.resolver = resolver;
    this.allowLoopback = allowLoopback;
    this.known =
        Caffeine.newBuilder()
            .maximumSize(REMEMBERED_MAX)
            .expireAfterWrite(rememberedFor)
            .executor(Runnable::run)
            .buildAsync();
    this.lookups =
        WorkerPool.named("names", this::lookUp)
            .workers(WORKERS)
            .capacity(QUEUE_CAPACITY)
            .drainLimit(DRAIN_LIMIT)
            .start(registry);
  }

  /**
   * Names by this machine's resolver. The dot at the end makes a name absolute: no search list of a
   * cluster turns it into the name of a neighbour.
   */
  static DnsResolver ofThisMachine(boolean allowLoopback, MeterRegistry registry) {
    return new DnsResolver(
        name -> InetAddress.getAllByName(name + "."), REMEMBERED_FOR, allowLoopback, registry);
  }

  /**
   * The addresses of the host, all of them checked, in the resolver's order; at least one.
   *
   * @throws NotPublicException one of them is not public
   * @throws UnknownHostException it has none
   * @throws NoRoomException too many other names are being looked up
   * @throws io.quittance.concurrency.DeadlineExceededException the deadline passed first
   */
  List<InetAddress> addresses(WebhookUrl url, Deadline deadline)
      throws IOException, InterruptedException {
    List<InetAddress> addresses = unchecked(url, deadline);
    for (InetAddress address : addresses) {
      if (!PublicAddresses.contain(address) && !(allowLoopback && address.isLoopbackAddress())) {
        throw new NotPublicException(url.host());
      }
    }
    return addresses;
  }

  private List<InetAddress> unchecked(WebhookUrl url, Deadline deadline)
      throws IOException, InterruptedException {
    InetAddress literal = url.literal();
    if (literal != null) {
      return List.of(literal);
    }
    if (url.host().equals("localhost")) {
      return List.of(InetAddress.getLoopbackAddress());
    }
    List<InetAddress> found;
    try {
      found =
          deadline.await(
              known.get(
                  url.host(),
                  (name, executor) -> lookups.submit(name, Deadline.after(QUEUED_MAX))));
    } catch (QueueFullException e) {
      var noRoom = new NoRoomException("too many names wait for the domain name system");
      noRoom.initCause(e);
      throw noRoom;
    }
    if (found.isEmpty()) {
      throw new UnknownHostException(url.host() + " has no address");
    }
    return found;
  }

  private void lookUp(List<Job<String, List<InetAddress>>> jobs) {
    for (Job<String, List<InetAddress>> job : jobs) {
      try {
        job.succeed(List.of(resolver.resolve(job.item())));
      } catch (UnknownHostException e) {
        job.succeed(List.of());
      }
    }
  }

  /** Waits a moment for look-ups under way, and leaves those that do not end to daemon threads. */
  @Override
  public void close() {
    lookups.close();
  }
}
