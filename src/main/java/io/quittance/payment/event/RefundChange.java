package io.quittance.payment.event;

import io.quittance.payment.model.Movement;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.Refunded;
import java.time.Instant;
import java.util.UUID;

/**
 * A refund that one transaction made.
 *
 * @param at when it was made
 * @param payee the account that gave the money back
 * @param amount in minor units
 */
public record RefundChange(
    UUID merchantId, Instant at, String currency, String payee, long amount) {

  static RefundChange of(Refunded refunded, Payment payment) {
    Movement movement = refunded.movement();
    return new RefundChange(
        movement.merchantId(),
        movement.createdAt(),
        movement.money().currency(),
        payment.terms().payee(),
        movement.money().amount());
  }
}
