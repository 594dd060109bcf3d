package io.quittance.payment;

import java.util.UUID;

/** Published after a payment's events were committed, so that their delivery need not wait. */
public record PaymentsCommitted(UUID merchantId, UUID paymentId) {}
