package io.quittance.ledger.change;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.ledger.AccountId;
import io.quittance.ledger.TransferOrder;
import io.quittance.money.CurrencyCode;
import io.quittance.money.Money;
import io.quittance.web.Printable;
import io.quittance.web.TypeId;
import io.quittance.web.json.Metadata;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The JSON of a request for a transfer. */
record NewTransfer(
    @NotNull @AccountId String from,
    @NotNull @AccountId String to,
    @NotNull @Min(1) @Max(Money.MAX_AMOUNT) Long amount,
    @NotNull @CurrencyCode String currency,
    @Size(min = 1, max = 255) @Printable @Nullable String reference,
    @Metadata @Nullable Map<String, String> metadata) {

  /** The order for this transfer, with a new id. */
  TransferOrder order(UUID merchantId, ObjectMapper json) throws JsonProcessingException {
    return new TransferOrder(
        merchantId,
        TypeId.next(),
        from,
        to,
        new Money(amount, currency),
        null,
        reference,
        json.writeValueAsString(metadata == null ? Map.of() : metadata));
  }
}
