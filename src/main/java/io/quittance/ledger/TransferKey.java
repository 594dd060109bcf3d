package io.quittance.ledger;

import java.util.UUID;

/** Names a transfer within all merchants'. */
record TransferKey(UUID merchantId, UUID id) {}
