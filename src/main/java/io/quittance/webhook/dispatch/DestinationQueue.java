package io.quittance.webhook.dispatch;

import io.quittance.webhook.delivery.Destination;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The destinations that may have something due, in the order in which their merchants' turns come.
 * Thread-safe.
 */
final class DestinationQueue {

  /**
   * Some destinations of one merchant.
   *
   * @param since what was due before this instant has been claimed, as far as this replica knows
   */
  record Entry(UUID merchantId, List<Destination> destinations, Instant since) {}

  private final Map<UUID, Map<Destination, Instant>> merchants = new LinkedHashMap<>();

  /** Adds a destination; what was due there before {@code since} is known to be on its way. */
  synchronized void add(Destination destination, Instant since) {
    merchants
        .computeIfAbsent(destination.merchantId(), id -> new LinkedHashMap<>())
        .merge(destination, since, (a, b) -> a.isBefore(b) ? a : b);
  }

  synchronized void add(Entry entry) {
    entry.destinations().forEach(destination -> add(destination, entry.since()));
  }

  /** As {@link #add(Entry)}, of a merchant that has had a turn: all others come first. */
  synchronized void addLast(Entry entry) {
    Map<Destination, Instant> own = merchants.remove(entry.merchantId());
    if (own != null) {
      merchants.put(entry.merchantId(), own);
    }
    add(entry);
  }

  /** Takes off all that there is, one entry for each merchant. */
  synchronized List<Entry> takeAll() {
    var entries = new ArrayList<Entry>(merchants.size());
    merchants.forEach(
        (merchantId, destinations) ->
            entries.add(
                new Entry(
                    merchantId,
                    List.copyOf(destinations.keySet()),
                    destinations.values().stream().min(Instant::compareTo).orElse(Instant.EPOCH))));
    merchants.clear();
    return entries;
  }

  synchronized boolean isEmpty() {
    return merchants.isEmpty();
  }
}
