package io.quittance.analytics.payment;

import io.quittance.payment.event.PaymentTransition;
import io.quittance.payment.event.RefundChange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The changes of one transaction to one merchant's payments. Confined to one thread. */
record PaymentDelta(UUID merchantId, List<PaymentTransition> payments, List<RefundChange> refunds) {

  private PaymentDelta(UUID merchantId) {
    this(merchantId, new ArrayList<>(), new ArrayList<>());
  }

  /** One delta for each merchant whose payments a batch has changed. */
  static List<PaymentDelta> of(List<PaymentTransition> payments, List<RefundChange> refunds) {
    Map<UUID, PaymentDelta> deltas = new LinkedHashMap<>();
    for (PaymentTransition change : payments) {
      deltas.computeIfAbsent(change.merchantId(), PaymentDelta::new).payments.add(change);
    }
    for (RefundChange change : refunds) {
      deltas.computeIfAbsent(change.merchantId(), PaymentDelta::new).refunds.add(change);
    }
    return List.copyOf(deltas.values());
  }

  /** How many events were stored with these changes. */
  long events() {
    return payments.stream().mapToLong(PaymentTransition::events).sum();
  }

  /** How many changes it has. */
  int size() {
    return payments.size() + refunds.size();
  }

  /** How many payments were created in a time range. */
  long begun(Instant from, Instant to) {
    return payments.stream()
        .filter(change -> change.before() == null)
        .filter(change -> !change.createdAt().isBefore(from) && change.createdAt().isBefore(to))
        .count();
  }
}
