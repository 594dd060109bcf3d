package io.quittance.ledger.change;

import io.quittance.money.Money;
import io.quittance.web.Printable;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of a request that reverses a transfer.
 *
 * @param amount in minor units; null: all that is not reversed yet
 */
record NewReversal(
    @Min(1) @Max(Money.MAX_AMOUNT) @Nullable Long amount,
    @Size(max = 500) @Printable @Nullable String reason) {}
