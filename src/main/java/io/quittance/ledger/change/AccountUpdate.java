package io.quittance.ledger.change;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.ledger.AccountPatch;
import io.quittance.ledger.AccountStatus;
import io.quittance.money.Money;
import io.quittance.web.Printable;
import io.quittance.web.json.Metadata;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The JSON of a request that changes an account. Values that are left out stay as they are. */
record AccountUpdate(
    @Size(max = 200) @Printable @Nullable String name,
    @Metadata @Nullable Map<String, String> metadata,
    @Min(0) @Max(Money.MAX_AMOUNT) @Nullable Long overdraftLimit,
    @Nullable AccountStatus status) {

  AccountPatch patch(ObjectMapper json) throws JsonProcessingException {
    return new AccountPatch(
        name, metadata == null ? null : json.writeValueAsString(metadata), overdraftLimit, status);
  }
}
