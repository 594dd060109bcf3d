package io.quittance.payment.change;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import io.quittance.money.Money;
import io.quittance.web.Printable;
import io.quittance.web.json.Metadata;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The bodies of requests that change a payment. */
final class ActionBodies {

  record NewCapture(
      @Min(1) @Max(Money.MAX_AMOUNT) @Nullable Long amount,
      @JsonProperty("final") @Nullable Boolean last) {}

  record NewCancel() {}

  record NewRefund(
      @Min(1) @Max(Money.MAX_AMOUNT) @Nullable Long amount,
      @Size(max = 500) @Printable @Nullable String reason) {}

  enum Decision {
    APPROVE,
    DECLINE;

    @JsonValue
    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  record NewReview(
      @NotNull Decision decision, @Size(max = 500) @Printable @Nullable String reason) {}

  /** What is null stays as it is. */
  record PaymentUpdate(
      @Size(max = 1000) @Printable @Nullable String description,
      @Metadata @Nullable Map<String, String> metadata) {}

  private ActionBodies() {}
}
