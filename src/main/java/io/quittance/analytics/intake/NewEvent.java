package io.quittance.analytics.intake;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quittance.money.CurrencyCode;
import io.quittance.money.Money;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event as clients send it, for the OpenAPI document only; {@link EventBodies} and the parser
 * read bodies without it.
 */
record NewEvent(
    @Size(min = 1, max = 64) String id,
    @Pattern(regexp = "[a-z][a-z0-9_.]{0,63}") String type,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Instant time,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable NewEventData data) {

  /** The data of an event. */
  record NewEventData(
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable @Min(1) @Max(Money.MAX_AMOUNT)
          Long amount,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable @CurrencyCode String currency,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String paymentId,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable @Size(min = 1, max = 64) String account,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable @Size(min = 1, max = 128) String session,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable @Size(max = 5)
          Map<String, String> labels) {}
}
