package io.quittance.ledger;

import java.util.UUID;

/** An account's identity: its merchant, and the id that the merchant chose. */
record AccountKey(UUID merchantId, String id) {}
