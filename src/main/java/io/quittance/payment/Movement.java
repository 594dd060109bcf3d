package io.quittance.payment;

import java.time.Instant;
import java.util.UUID;

/**
 * A part of a payment's money that a merchant has moved.
 *
 * @param transferId the posted transfer that moved it
 * @param amount in minor units of the payment's currency
 */
record Movement(
    UUID merchantId,
    UUID id,
    UUID paymentId,
    UUID transferId,
    long amount,
    int grantedMs,
    int usedMs,
    Instant createdAt) {}
