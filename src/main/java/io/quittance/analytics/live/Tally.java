package io.quittance.analytics.live;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** Counts by name. Not thread-safe. */
final class Tally {

  private final Map<String, Long> counts = new HashMap<>();

  void add(String name, long count) {
    counts.merge(name, count, Long::sum);
  }

  long total() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  long of(String name) {
    return counts.getOrDefault(name, 0L);
  }

  /** The largest first, without those that have come to zero. */
  <T> List<T> largest(int limit, BiFunction<String, Long, T> row) {
    return counts.entrySet().stream()
        .filter(entry -> entry.getValue() > 0)
        .sorted(
            Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(limit)
        .map(entry -> row.apply(entry.getKey(), entry.getValue()))
        .toList();
  }
}
