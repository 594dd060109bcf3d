package io.quittance.ledger.change;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.ledger.AccountKind;
import io.quittance.ledger.AccountTerms;
import io.quittance.money.CurrencyCode;
import io.quittance.money.Money;
import io.quittance.web.Printable;
import io.quittance.web.json.Metadata;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The JSON of a request for an account. */
record NewAccount(
    @NotNull @CurrencyCode String currency,
    @Size(max = 200) @Printable @Nullable String name,
    @Nullable AccountKind kind,
    @Min(0) @Max(Money.MAX_AMOUNT) @Nullable Long overdraftLimit,
    @Metadata @Nullable Map<String, String> metadata) {

  AccountTerms terms(ObjectMapper json) throws JsonProcessingException {
    return new AccountTerms(
        currency,
        name,
        kind == null ? AccountKind.STANDARD : kind,
        overdraftLimit == null ? 0 : overdraftLimit,
        json.writeValueAsString(metadata == null ? Map.of() : metadata));
  }
}
