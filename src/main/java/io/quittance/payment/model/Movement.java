package io.quittance.payment.model;

import io.quittance.money.Money;
import java.time.Instant;
import java.util.UUID;

/**
 * A capture or refund: a part of a payment's money that moved.
 *
 * @param transferId the posted transfer that moved it
 */
public record Movement(
    UUID merchantId,
    UUID id,
    UUID paymentId,
    UUID transferId,
    Money money,
    int grantedMs,
    int usedMs,
    Instant createdAt) {}
