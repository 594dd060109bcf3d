package io.quittance.analytics.payment;

import io.quittance.analytics.wire.CompactReader;
import io.quittance.payment.event.PaymentChange;
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
   * @throws IllegalStateException a later release wrote it
   */
  static PaymentDelta read(UUID merchantId, byte[] payload) {
    var reader = new DeltaReader(merchantId, payload);
    int version = reader.in.size();
    if (version != DeltaWriter.VERSION) {
      throw new IllegalStateException("a payment delta has the unknown version " + version);
    }
    var payments = new ArrayList<PaymentChange>();
    for (int left = reader.in.size(); left > 0; left--) {
      payments.add(reader.payment());
    }
    var refunds = new ArrayList<RefundChange>();
    for (int left = reader.in.size(); left > 0; left--) {
      refunds.add(reader.refund());
    }
    return new PaymentDelta(merchantId, payments, refunds);
  }

  private PaymentChange payment() {
    return new PaymentChange(
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
    int left = in.size();
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
