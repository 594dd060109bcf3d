package io.quittance.webhook.delivery;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Orders what takes part in a round, if there is more to do than fits in one: a round starts after
 * the one that had the last turn of the round before. Thread-safe.
 */
final class RoundRobin<K> {

  private final Comparator<K> order;
  private volatile @Nullable K last;

  RoundRobin(Comparator<K> order) {
    this.order = order;
  }

  /**
   * Sorts what takes part by whose turn comes first.
   *
   * @param who whose turn an element belongs to
   */
  <T> List<T> next(Collection<T> all, Function<T, K> who) {
    K before = last;
    return all.stream()
        .sorted(
            Comparator.<T, Boolean>comparing(
                    one -> before != null && order.compare(who.apply(one), before) <= 0)
                .thenComparing(who, order))
        .toList();
  }

  /** Records who has had the last turn. */
  void recordTurn(K who) {
    last = who;
  }
}
