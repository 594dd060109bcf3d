package io.quittance.payment;

import org.jspecify.annotations.Nullable;

/** A refund that was made. */
record Refunded(Movement movement, @Nullable String reason) {

  long amount() {
    return movement.money().amount();
  }
}
