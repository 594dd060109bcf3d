package io.quittance.analytics.pane;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;

/** What one transaction adds to panes, by the second. Not thread-safe. */
public final class PaneDeltas {

  /** A second of a metric with some labels. */
  public record Key(UUID merchantId, String metric, Labels labels, long epochSecond) {}

  private final Map<Key, PaneDelta> deltas = new HashMap<>();

  /**
   * The delta of one second, for the caller to add to.
   *
   * @param metric up to 80 characters
   * @param epochSecond when it happened, in seconds since 1970; it goes into the pane of each step
   */
  public PaneDelta at(UUID merchantId, String metric, Labels labels, long epochSecond) {
    return deltas.computeIfAbsent(
        new Key(merchantId, metric, labels, epochSecond), _ -> new PaneDelta());
  }

  /** How many seconds of metrics there are. */
  public int size() {
    return deltas.size();
  }

  public boolean isEmpty() {
    return deltas.isEmpty();
  }

  public void forEach(BiConsumer<Key, PaneDelta> action) {
    deltas.forEach(action);
  }
}
