package io.quittance.analytics.payment;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.quittance.payment.event.PaymentChange;
import io.quittance.payment.event.RefundChange;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads what {@link DeltaWriter} wrote. Used once, on one thread. */
final class DeltaReader {

  private final UUID merchantId;
  private final ByteBuffer in;
  private final List<String> texts = new ArrayList<>();

  private DeltaReader(UUID merchantId, byte[] payload) {
    this.merchantId = merchantId;
    this.in = ByteBuffer.wrap(payload);
  }

  /**
   * @throws IllegalStateException a later release wrote it
   */
  static PaymentDelta read(UUID merchantId, byte[] payload) {
    var reader = new DeltaReader(merchantId, payload);
    int version = reader.in.get();
    if (version != DeltaWriter.VERSION) {
      throw new IllegalStateException("a payment delta has the unknown version " + version);
    }
    var payments = new ArrayList<PaymentChange>();
    for (int left = reader.size(); left > 0; left--) {
      payments.add(reader.payment());
    }
    var refunds = new ArrayList<RefundChange>();
    for (int left = reader.size(); left > 0; left--) {
      refunds.add(reader.refund());
    }
    return new PaymentDelta(merchantId, payments, refunds);
  }

  private PaymentChange payment() {
    return new PaymentChange(
        merchantId,
        Instant.ofEpochSecond(number()),
        someText(),
        someText(),
        someText(),
        number(),
        text(),
        someText(),
        text(),
        reasons(),
        size(),
        size());
  }

  private List<String> reasons() {
    int left = size();
    var reasons = new ArrayList<String>(left);
    for (; left > 0; left--) {
      reasons.add(someText());
    }
    return reasons;
  }

  private RefundChange refund() {
    return new RefundChange(
        merchantId, Instant.ofEpochSecond(number()), someText(), someText(), number());
  }

  private String someText() {
    return Objects.requireNonNull(text());
  }

  private @Nullable String text() {
    int code = size();
    if (code == 0) {
      return null;
    }
    if (code > 1) {
      return texts.get(code - 2);
    }
    byte[] bytes = new byte[size()];
    in.get(bytes);
    var text = new String(bytes, UTF_8);
    texts.add(text);
    return text;
  }

  private int size() {
    return Math.toIntExact(number());
  }

  private long number() {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = in.get();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }
}
