package io.quittance.ledger;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Marks a transfer as a reversal.
 *
 * @param of the transfer that it reverses
 * @param reason a text for people
 */
public record Reversal(UUID of, @Nullable String reason) {}
