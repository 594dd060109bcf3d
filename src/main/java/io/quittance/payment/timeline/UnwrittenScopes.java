package io.quittance.payment.timeline;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The scopes that are not written yet, by payment: the last ones of the payments that came last. It
 * is no cache, which would prefer those that it has to those that come. Thread-safe.
 */
final class UnwrittenScopes {

  private final int paymentsMax;
  private final int scopesMax;
  private final SequencedMap<UUID, List<TimelineScope>> byPayment = new LinkedHashMap<>();

  /**
   * @param paymentsMax how many payments' scopes are kept
   * @param scopesMax how many of each payment
   */
  UnwrittenScopes(int paymentsMax, int scopesMax) {
    this.paymentsMax = paymentsMax;
    this.scopesMax = scopesMax;
  }

  synchronized void add(UUID paymentId, TimelineScope scope) {
    List<TimelineScope> before = of(paymentId);
    byPayment.putLast(
        paymentId,
        Stream.concat(before.stream(), Stream.of(scope))
            .skip(Math.max(0, before.size() + 1 - scopesMax))
            .toList());
    if (byPayment.size() > paymentsMax) {
      byPayment.pollFirstEntry();
    }
  }

  /** The payment's scopes that are not written yet, oldest first. */
  synchronized List<TimelineScope> of(UUID paymentId) {
    return byPayment.getOrDefault(paymentId, List.of());
  }

  /** Forgets a scope that is written. */
  synchronized void remove(UUID paymentId, TimelineScope written) {
    List<TimelineScope> rest = of(paymentId).stream().filter(scope -> scope != written).toList();
    if (rest.isEmpty()) {
      byPayment.remove(paymentId);
    } else {
      byPayment.replace(paymentId, rest);
    }
  }
}
