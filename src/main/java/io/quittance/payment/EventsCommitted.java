package io.quittance.payment;

import java.util.UUID;

/** Published after events of a merchant were committed, so that their delivery starts at once. */
public record EventsCommitted(UUID merchantId) {}
