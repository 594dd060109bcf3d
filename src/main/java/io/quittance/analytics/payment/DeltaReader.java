package io.quittance.analytics.payment;

import io.quittance.analytics.wire.CompactReader;
import io.quittance.payment.event.PaymentTransition;
import io.quittance.payment.event.RefundChange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Reads what {@link DeltaWriter} wrote. Used once, on one thread. */
final class DeltaReader {

  private final UUID merchantId;
  private final CompactReader in;

  private DeltaReader(UUID merchantId, byte[] payload) {
    this.merchantId = merchantId;
    this.in = new CompactReader(payload);
  }

  /**
   * @throws UnreadableDeltaException a later version wrote it, or something else did
   */
  static PaymentDelta read(UUID merchantId, byte[] payload) {
    try {
      return new DeltaReader(merchantId, payload).delta();
    } catch (RuntimeException e) {
      throw new UnreadableDeltaException(e);
    }
  }

  private PaymentDelta delta() {
    int version = in.size();
    if (version != DeltaWriter.VERSION) {
      throw new IllegalStateException("it has the unknown version " + version);
    }
    var payments = new ArrayList<PaymentTransition>();
    for (int left = in.size(); left > 0; left--) {
      payments.add(payment());
    }
    var refunds = new ArrayList<RefundChange>();
    for (int left = in.size(); left > 0; left--) {
      refunds.add(refund());
    }
    return new PaymentDelta(merchantId, payments, refunds);
  }

  private PaymentTransition payment() {
    return new PaymentTransition(
        merchantId,
        Instant.ofEpochSecond(in.number()),
        in.someText(),
        in.someText(),
        in.someText(),
        in.number(),
        in.text(),
        in.someText(),
        in.text(),
        reasons(),
        in.size(),
        in.size());
  }

  private List<String> reasons() {
    int left = in.count();
    var reasons = new ArrayList<String>(left);
    for (; left > 0; left--) {
      reasons.add(in.someText());
    }
    return reasons;
  }

  private RefundChange refund() {
    return new RefundChange(
        merchantId, Instant.ofEpochSecond(in.number()), in.someText(), in.someText(), in.number());
  }
}
