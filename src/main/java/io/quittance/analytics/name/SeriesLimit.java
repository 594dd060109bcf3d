package io.quittance.analytics.name;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Limits how many sets of labels the panes of a merchant have in an hour, whatever combinations of
 * names it sends. Not thread-safe.
 */
public final class SeriesLimit {

  private static final long HOUR_SECONDS = 3600;

  private final int limit;
  private final Map<UUID, Set<Long>> series = new HashMap<>();
  private long hour;

  /**
   * @param limit for each merchant
   */
  public SeriesLimit(int limit) {
    this.limit = limit;
  }

  /** Starts over at the beginning of each hour. */
  public void at(long epochSecond) {
    long now = epochSecond / HOUR_SECONDS;
    if (now != hour) {
      hour = now;
      series.clear();
    }
  }

  /** Whether this set of labels may have panes. */
  public boolean admits(UUID merchantId, long hash) {
    Set<Long> own = series.computeIfAbsent(merchantId, _ -> new HashSet<>());
    if (own.size() < limit) {
      own.add(hash);
      return true;
    }
    return own.contains(hash);
  }
}
