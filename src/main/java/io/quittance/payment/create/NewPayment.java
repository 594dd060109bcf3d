package io.quittance.payment.create;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.concurrency.Deadline;
import io.quittance.idempotency.KeyedRequest;
import io.quittance.ledger.AccountId;
import io.quittance.money.CurrencyCode;
import io.quittance.money.Money;
import io.quittance.payment.model.CaptureMethod;
import io.quittance.payment.model.PaymentOrder;
import io.quittance.web.InputError;
import io.quittance.web.Printable;
import io.quittance.web.Problem;
import io.quittance.web.TypeId;
import io.quittance.web.json.Metadata;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The JSON of a request for a payment. */
public record NewPayment(
    @NotNull @Min(1) @Max(Money.MAX_AMOUNT) Long amount,
    @NotNull @CurrencyCode String currency,
    @NotNull @AccountId String payer,
    @NotNull @AccountId String payee,
    @Nullable CaptureMethod captureMethod,
    @Size(min = 1, max = 255) @Printable @Nullable String reference,
    @Size(max = 1000) @Printable @Nullable String description,
    @Metadata @Nullable Map<String, String> metadata,
    @Min(60) @Max(2_592_000) @Nullable Integer expiresInSeconds) {

  private static final int HOLD_SECONDS_DEFAULT = 604_800;

  /**
   * The order for this payment, with new ids.
   *
   * @throws Problem 400 for {@code expires_in_seconds} without manual capture
   */
  public PaymentOrder order(KeyedRequest request, Deadline deadline, ObjectMapper json)
      throws JsonProcessingException {
    Optional<InputError> contradiction = contradiction("");
    if (contradiction.isPresent()) {
      throw Problem.invalid(List.of(contradiction.get()));
    }
    return order(request, null, deadline, json);
  }

  /**
   * The error of {@code expires_in_seconds} without manual capture; empty if there is none.
   *
   * @param at the beginning of the field's path, as in {@code payments[3].}
   */
  public Optional<InputError> contradiction(String at) {
    return expiresInSeconds != null && captureMethod != CaptureMethod.MANUAL
        ? Optional.of(
            InputError.of(
                at + "expires_in_seconds",
                InputError.Code.NOT_ALLOWED,
                "is allowed with the capture_method `manual` only"))
        : Optional.empty();
  }

  /** Whether its funds stay held until they are captured. */
  public boolean manual() {
    return captureMethod == CaptureMethod.MANUAL;
  }

  /**
   * The order for this payment.
   *
   * @param batchId the batch that the payment belongs to; null: none
   */
  public PaymentOrder order(
      KeyedRequest request, @Nullable UUID batchId, Deadline deadline, ObjectMapper json)
      throws JsonProcessingException {
    return new PaymentOrder(
        TypeId.next(),
        TypeId.next(),
        request,
        new Money(amount, currency),
        payer,
        payee,
        captureMethod == null ? CaptureMethod.AUTOMATIC : captureMethod,
        new PaymentOrder.Texts(
            reference, description, metadata == null ? "{}" : json.writeValueAsString(metadata)),
        batchId,
        expiresInSeconds == null ? HOLD_SECONDS_DEFAULT : expiresInSeconds,
        deadline);
  }
}
