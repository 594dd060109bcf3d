package io.quittance.webhook.courier;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.concurrency.Ticker;
import io.quittance.webhook.courier.HostLookups.Lookup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Finds the addresses of a webhook's host, and refuses a host if any of them is not public.
 * Thread-safe.
 *
 * <p>An answer, or that there is none, is cached for a few seconds. If a later look-up is late or
 * fails, the last addresses are used for some minutes: deliveries to known hosts continue while
 * name servers are slow or down. Only addresses that were all public are used like this, and the
 * first answer with another address ends it.
 *
 * <p>Why not the JDK's cache: it can use late answers, too, but for the whole process, without the
 * check for public addresses, and one merchant's slow names would delay all others'.
 */
final class DnsResolver implements AutoCloseable {

  private static final int REMEMBERED_MAX = 10_000;
  private static final Duration FRESH_FOR = Duration.ofSeconds(10);

  /** Asks the domain name system. */
  @FunctionalInterface
  interface Resolver {
    InetAddress[] resolve(String name) throws UnknownHostException;
  }

  /** The host has an address that is not public. */
  static final class NotPublicException extends IOException {
    private static final long serialVersionUID = 1L;

    NotPublicException(String host) {
      super(host + " has an address that is not public");
    }
  }

  /** A host whose addresses are known or being looked up. */
  @FunctionalInterface
  interface Host {

    /**
     * Its addresses, all of them checked, in the resolver's order; at least one.
     *
     * @throws NotPublicException one of them is not public
     * @throws UnknownHostException it has none
     * @throws DeadlineExceededException the look-up did not end by the deadline
     */
    List<InetAddress> addresses(Deadline deadline) throws IOException, InterruptedException;
  }

  private final Resolver resolver;
  private final Duration freshFor;
  private final boolean allowLoopback;
  private final Ticker clock;
  private final Cache<String, KnownHost> known;
  private final HostLookups lookups;

  DnsResolver(
      Resolver resolver,
      Duration freshFor,
      boolean allowLoopback,
      Ticker clock,
      MeterRegistry registry) {
    this.resolver = resolver;
    this.freshFor = freshFor;
    this.allowLoopback = allowLoopback;
    this.clock = clock;
    this.known = Caffeine.newBuilder().maximumSize(REMEMBERED_MAX).build();
    this.lookups = new HostLookups(this::lookUp, clock, registry);
  }

  /**
   * Uses this machine's resolver. The dot at the end makes a name absolute, so that the search list
   * of a cluster cannot turn it into the name of an internal service.
   */
  static DnsResolver ofThisMachine(boolean allowLoopback, MeterRegistry registry) {
    return new DnsResolver(
        name -> InetAddress.getAllByName(name + "."),
        FRESH_FOR,
        allowLoopback,
        Ticker.SYSTEM,
        registry);
  }

  /**
   * Waits until the host's look-up starts, if one is needed. This wait does not count against the
   * receiver's time limit; the look-up does.
   *
   * @param merchantId whose receiver it is; merchants' look-ups take turns
   * @throws NoRoomException the look-up did not start by {@code startBy}
   */
  Host host(WebhookUrl url, UUID merchantId, Deadline startBy)
      throws NoRoomException, InterruptedException {
    InetAddress own = ownAddress(url);
    if (own != null) {
      return _ -> checked(url, List.of(own));
    }
    Future<KnownHost> found = find(url.host(), merchantId, startBy);
    return deadline -> checked(url, deadline.await(found).addresses());
  }

  /** The address of a host that needs no look-up; null: it needs one. */
  private static @Nullable InetAddress ownAddress(WebhookUrl url) {
    return url.host().equals("localhost") ? InetAddress.getLoopbackAddress() : url.literal();
  }

  private Future<KnownHost> find(String host, UUID merchantId, Deadline startBy)
      throws NoRoomException, InterruptedException {
    KnownHost last = known.getIfPresent(host);
    if (last != null && !last.fresh().expired()) {
      return CompletableFuture.completedFuture(last);
    }
    Lookup lookup = lookups.of(merchantId, host);
    return last == null || last.usable().expired()
        ? begun(lookup, startBy)
        : CompletableFuture.completedFuture(newest(host, last, lookup, startBy));
  }

  private static Future<KnownHost> begun(Lookup lookup, Deadline startBy)
      throws NoRoomException, InterruptedException {
    try {
      startBy.await(lookup.begun());
      return lookup.answer();
    } catch (DeadlineExceededException | RejectedExecutionException e) {
      var noRoom = new NoRoomException("too many DNS look-ups are waiting");
      noRoom.initCause(e);
      throw noRoom;
    }
  }

  /** The new answer, or the known addresses if it is late or fails. */
  private KnownHost newest(String host, KnownHost last, Lookup lookup, Deadline startBy)
      throws InterruptedException {
    try {
      return lookup.fallbackDeadline().within(startBy.remaining()).await(lookup.answer());
    } catch (RuntimeException e) {
      // Another merchant's look-up may have found meanwhile that the host must not be used.
      return Objects.requireNonNullElse(known.getIfPresent(host), last);
    }
  }

  private List<InetAddress> checked(WebhookUrl url, List<InetAddress> addresses)
      throws UnknownHostException, NotPublicException {
    if (addresses.isEmpty()) {
      throw new UnknownHostException(url.host() + " has no address");
    }
    if (!addresses.stream().allMatch(this::allowed)) {
      throw new NotPublicException(url.host());
    }
    return addresses;
  }

  private boolean allowed(InetAddress address) {
    return PublicAddresses.contain(address) || (allowLoopback && address.isLoopbackAddress());
  }

  private KnownHost lookUp(String host) {
    KnownHost last = known.getIfPresent(host);
    if (last != null && !last.fresh().expired()) {
      return last; // by another merchant's look-up
    }
    List<InetAddress> found = resolve(host);
    return Objects.requireNonNull(known.asMap().compute(host, (_, before) -> after(before, found)));
  }

  private List<InetAddress> resolve(String host) {
    try {
      return List.of(resolver.resolve(host));
    } catch (UnknownHostException e) {
      return List.of();
    }
  }

  private KnownHost after(@Nullable KnownHost before, List<InetAddress> found) {
    return found.isEmpty()
        ? KnownHost.ofNone(before, freshFor, clock)
        : KnownHost.of(found, found.stream().allMatch(this::allowed), freshFor, clock);
  }

  /** Waits a moment for look-ups under way, and leaves those that do not end to daemon threads. */
  @Override
  public void close() {
    lookups.close();
  }
}
