package io.quittance.payment;

import io.quittance.web.TypeId;
import java.time.Instant;
import java.util.UUID;

/**
 * Something that happened to a payment.
 *
 * @param sequence 1, 2, 3, … per payment
 * @param data the payment as it was then
 */
public record PaymentEvent(
    UUID merchantId,
    UUID id,
    UUID paymentId,
    int sequence,
    EventType type,
    Instant createdAt,
    Object data) {

  static PaymentEvent of(EventType type, int sequence, Instant now, Payment payment) {
    return new PaymentEvent(
        payment.terms().merchantId(),
        TypeId.next(),
        payment.terms().id(),
        sequence,
        type,
        now,
        PaymentBody.from(payment));
  }
}
