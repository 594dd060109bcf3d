package io.quittance.analytics.payment;

import io.quittance.payment.event.PaymentChange;
import io.quittance.payment.event.RefundChange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What one transaction changed about one merchant's payments. Confined to one thread. */
record PaymentDelta(UUID merchantId, List<PaymentChange> payments, List<RefundChange> refunds) {

  private PaymentDelta(UUID merchantId) {
    this(merchantId, new ArrayList<>(), new ArrayList<>());
  }

  /** One delta for each merchant that a batch changed something of. */
  static List<PaymentDelta> of(List<PaymentChange> payments, List<RefundChange> refunds) {
    Map<UUID, PaymentDelta> deltas = new LinkedHashMap<>();
    for (PaymentChange change : payments) {
      deltas.computeIfAbsent(change.merchantId(), PaymentDelta::new).payments.add(change);
    }
    for (RefundChange change : refunds) {
      deltas.computeIfAbsent(change.merchantId(), PaymentDelta::new).refunds.add(change);
    }
    return List.copyOf(deltas.values());
  }

  /** How many events were stored for all this. */
  long events() {
    return payments.stream().mapToLong(PaymentChange::events).sum();
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
