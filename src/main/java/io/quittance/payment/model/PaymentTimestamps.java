package io.quittance.payment.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** When a payment was authorized, captured or canceled, and when its hold expires. */
record PaymentTimestamps(
    @Nullable Instant authorizedAt,
    @Nullable Instant capturedAt,
    @Nullable Instant canceledAt,
    @Nullable Instant expiresAt) {

  static final PaymentTimestamps NONE = new PaymentTimestamps(null, null, null, null);

  PaymentTimestamps capturedAt(Instant now) {
    return new PaymentTimestamps(authorizedAt, now, canceledAt, expiresAt);
  }

  PaymentTimestamps canceledAt(Instant now) {
    return new PaymentTimestamps(authorizedAt, capturedAt, now, expiresAt);
  }

  PaymentTimestamps withoutExpiry() {
    return new PaymentTimestamps(authorizedAt, capturedAt, canceledAt, null);
  }
}
