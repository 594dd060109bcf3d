package io.quittance.payment;

import java.util.UUID;

/** Published after events of a merchant were committed, so that their delivery need not wait. */
public record EventsCommitted(UUID merchantId) {}
