package io.quittance.ledger;

import java.util.UUID;

/** The key of a transfer among those of all merchants. */
record TransferKey(UUID merchantId, UUID id) {}
