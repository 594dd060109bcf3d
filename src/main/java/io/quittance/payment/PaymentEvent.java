package io.quittance.payment;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a payment, or to a batch of them.
 *
 * @param paymentId null for a batch
 * @param subjectId the payment or the batch
 * @param sequence 1, 2, 3, … for each subject
 * @param data the payment, the refund or the batch, as it was then
 */
public record PaymentEvent(
    UUID merchantId,
    UUID id,
    @Nullable UUID paymentId,
    UUID subjectId,
    int sequence,
    EventType type,
    Instant createdAt,
    Object data) {}
