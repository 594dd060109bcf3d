package io.quittance.webhook.dispatch;

import io.quittance.web.TypeId;
import io.quittance.webhook.delivery.DeliveryQueue.Claimed;
import io.quittance.webhook.dispatch.DestinationQueue.Entry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims a few deliveries for each queued destination. If those of one merchant cannot be claimed,
 * those of the others are claimed and sent. Confined to one thread.
 */
final class ClaimRound {

  /** Claims for one merchant. */
  @FunctionalInterface
  interface Claims {

    /**
     * Adds what it claims to a list, one by one, so that a failure loses nothing.
     *
     * @param again takes destinations that have more; they are queued behind those that had no room
     * @return whether the merchant's destinations could take more at once
     */
    boolean claim(Entry entry, List<Claimed> claimed, Consumer<Entry> again);
  }

  /** Sends claimed deliveries. */
  @FunctionalInterface
  interface Dispatch {
    void dispatch(List<Claimed> claimed) throws InterruptedException;
  }

  private static final Logger log = LoggerFactory.getLogger(ClaimRound.class);
  private static final int DISPATCHED_AT_ONCE = 256;

  private final DestinationQueue destinations;
  private final Claims claims;
  private final Dispatch dispatch;

  ClaimRound(DestinationQueue destinations, Claims claims, Dispatch dispatch) {
    this.destinations = destinations;
    this.claims = claims;
    this.dispatch = dispatch;
  }

  /** Claims for all queued merchants, and returns whether another round is worthwhile at once. */
  boolean run() throws InterruptedException {
    boolean more = false;
    var left = new ArrayDeque<>(destinations.takeAll());
    var claimed = new ArrayList<Claimed>();
    var served = new ArrayList<Entry>();
    try {
      while (!left.isEmpty()) {
        more |= claim(left.removeFirst(), claimed, served::add);
        if (claimed.size() >= DISPATCHED_AT_ONCE || left.isEmpty()) {
          dispatch.dispatch(claimed);
          claimed.clear();
        }
      }
    } finally {
      left.forEach(destinations::add);
      served.forEach(destinations::addLast);
    }
    return more;
  }

  /** What fails is not queued again: the poller finds it within seconds. */
  private boolean claim(Entry entry, List<Claimed> claimed, Consumer<Entry> again) {
    try {
      return claims.claim(entry, claimed, again);
    } catch (RuntimeException e) {
      log.warn(
          "Due deliveries of {} could not be claimed, and are claimed later: {}",
          TypeId.format("mch", entry.merchantId()),
          e.toString());
      return false;
    }
  }
}
