package io.quittance.webhook.dispatch;

import io.quittance.webhook.delivery.Destination;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The destinations that may have due deliveries, in the order of their merchants' turns.
 * Thread-safe.
 */
final class DestinationQueue {

  /**
   * Some destinations of one merchant.
   *
   * @param since deliveries that were due before this instant have been claimed, as far as this
   *     replica knows
   */
  record Entry(UUID merchantId, List<Destination> destinations, Instant since) {}

  private final Map<UUID, Map<Destination, Instant>> merchants = new LinkedHashMap<>();

  /** Adds a destination; deliveries that were due there before {@code since} have been claimed. */
  synchronized void add(Destination destination, Instant since) {
    merchants
        .computeIfAbsent(destination.merchantId(), id -> new LinkedHashMap<>())
        .merge(destination, since, (a, b) -> a.isBefore(b) ? a : b);
  }

  synchronized void add(Entry entry) {
    entry.destinations().forEach(destination -> add(destination, entry.since()));
  }

  /** As {@link #add(Entry)}, but behind all other merchants, because this one has had a turn. */
  synchronized void addLast(Entry entry) {
    Map<Destination, Instant> own = merchants.remove(entry.merchantId());
    if (own != null) {
      merchants.put(entry.merchantId(), own);
    }
    add(entry);
  }

  /** Removes and returns all, one entry for each merchant. */
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
