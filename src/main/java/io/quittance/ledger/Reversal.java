package io.quittance.ledger;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What makes a transfer a reversal.
 *
 * @param of the transfer whose money it gives back
 * @param reason for people
 */
public record Reversal(UUID of, @Nullable String reason) {}
