package io.quittance.payment;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a payment, or to a batch of them.
 *
 * @param paymentId null for a batch
 * @param sequence 1, 2, 3, … per payment, or per batch
 * @param data the payment, the refund or the batch, as it was then
 */
public record PaymentEvent(
    UUID merchantId,
    UUID id,
    @Nullable UUID paymentId,
    int sequence,
    EventType type,
    Instant createdAt,
    Object data) {}
