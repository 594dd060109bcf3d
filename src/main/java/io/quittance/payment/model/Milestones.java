package io.quittance.payment.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** When a payment reached which point of its life. */
record Milestones(
    @Nullable Instant authorizedAt,
    @Nullable Instant capturedAt,
    @Nullable Instant canceledAt,
    @Nullable Instant expiresAt) {

  static final Milestones NONE = new Milestones(null, null, null, null);

  Milestones capturedAt(Instant now) {
    return new Milestones(authorizedAt, now, canceledAt, expiresAt);
  }

  Milestones canceledAt(Instant now) {
    return new Milestones(authorizedAt, capturedAt, now, expiresAt);
  }

  Milestones withoutExpiry() {
    return new Milestones(authorizedAt, capturedAt, canceledAt, null);
  }
}
