package io.quittance.payment;

import java.time.Instant;
import java.util.UUID;

/**
 * Something that happened to a payment.
 *
 * @param sequence 1, 2, 3, … per payment
 * @param data the payment, or the refund, as it was then
 */
public record PaymentEvent(
    UUID merchantId,
    UUID id,
    UUID paymentId,
    int sequence,
    EventType type,
    Instant createdAt,
    Object data) {}
