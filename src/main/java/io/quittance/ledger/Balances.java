package io.quittance.ledger;

/**
 * An account's balances in minor units.
 *
 * @param available posted − pending_out + overdraft limit
 */
public record Balances(long posted, long pendingOut, long pendingIn, long available) {}
