package io.quittance.webhook.courier;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.Ticker;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of the last look-up of a host. Immutable.
 *
 * @param addresses of the last answer; if there was none, of the one before while it is usable
 * @param fresh until then the host is not looked up again
 * @param usable until then the addresses are used if a new look-up is late or fails
 */
record KnownHost(List<InetAddress> addresses, Deadline fresh, Deadline usable) {

  private static final Duration USABLE_FOR = Duration.ofMinutes(5);

  /**
   * After an answer with addresses.
   *
   * @param allowed whether the addresses may be used, now and in place of later answers
   */
  static KnownHost of(
      List<InetAddress> addresses, boolean allowed, Duration freshFor, Ticker clock) {
    return new KnownHost(
        addresses,
        Deadline.after(freshFor, clock),
        Deadline.after(allowed ? USABLE_FOR : Duration.ZERO, clock));
  }

  /** After a look-up that found no address. */
  static KnownHost ofNone(@Nullable KnownHost before, Duration freshFor, Ticker clock) {
    if (before != null && !before.usable().expired()) {
      return new KnownHost(before.addresses(), before.usable().within(freshFor), before.usable());
    }
    Deadline fresh = Deadline.after(freshFor, clock);
    return new KnownHost(List.of(), fresh, fresh);
  }
}
