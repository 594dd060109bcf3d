package io.quittance.payment.batch.store;

import io.quittance.payment.create.NewPayment;
import io.quittance.web.InputError;
import io.quittance.web.InputError.Code;
import io.quittance.web.Printable;
import io.quittance.web.Problem;
import io.quittance.web.json.Metadata;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The JSON of a request for a batch of payments. */
public record NewPaymentBatch(
    @NotNull
        @Size(min = 1, max = NewPaymentBatch.BACKGROUND_MAX)
        @ArraySchema(schema = @Schema(implementation = NewPayment.class))
        BatchPayments payments,
    @Nullable BatchMode mode,
    @Nullable FailurePolicy onFailure,
    @Size(min = 1, max = 255) @Printable @Nullable String reference,
    @Metadata @Nullable Map<String, String> metadata) {

  static final int BACKGROUND_MAX = 10_000;

  private static final int WAITED_FOR_MAX = 1_000;
  private static final int ATOMIC_MAX = 500;

  public BatchMode modeOrDefault() {
    return mode == null ? BatchMode.INDEPENDENT : mode;
  }

  public FailurePolicy onFailureOrDefault() {
    return onFailure == null ? FailurePolicy.CONTINUE : onFailure;
  }

  public boolean atomic() {
    return mode == BatchMode.ATOMIC;
  }

  /**
   * Refuses the batch if a payment is invalid, or the batch as a whole.
   *
   * @param background whether the batch runs in the background
   * @throws Problem 400
   */
  public void check(boolean background) {
    var errors = new ArrayList<InputError>(payments.errors());
    int most = atomic() ? ATOMIC_MAX : background ? BACKGROUND_MAX : WAITED_FOR_MAX;
    if (payments.size() > most) {
      errors.add(
          InputError.of(
              "payments",
              Code.OUT_OF_RANGE,
              "must be a list of 1 to %d entries%s; it has %d"
                  .formatted(most, limitReason(background), payments.size())));
    }
    if (atomic()) {
      errors.addAll(payments.manualCaptures());
      if (onFailure != null) {
        errors.add(
            InputError.of(
                "on_failure", Code.NOT_ALLOWED, "is allowed with the mode `independent` only"));
      }
    }
    if (!errors.isEmpty()) {
      throw Problem.invalid(List.copyOf(errors));
    }
  }

  private String limitReason(boolean background) {
    if (atomic()) {
      return " in an atomic batch";
    }
    return background ? "" : " without `Prefer: respond-async`";
  }
}
