package io.quittance.payment.model;

import org.jspecify.annotations.Nullable;

/** A refund that was made. */
public record Refunded(Movement movement, @Nullable String reason) {

  long amount() {
    return movement.money().amount();
  }
}
