package io.quittance.ledger;

import org.jspecify.annotations.Nullable;

/**
 * An account's balances in minor units.
 *
 * @param available posted − pending_out + overdraft limit; null: an external account has no lower
 *     limit
 */
public record Balances(long posted, long pendingOut, long pendingIn, @Nullable Long available) {}
