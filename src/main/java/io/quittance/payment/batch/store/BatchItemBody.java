package io.quittance.payment.batch.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quittance.payment.batch.item.ItemResult;
import io.quittance.payment.batch.item.ItemStatus;
import io.quittance.web.Problem.Outcome;
import io.quittance.web.TypeId;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;

/** An item of a batch as JSON. */
public record BatchItemBody(
    @Min(0) int index,
    String reference,
    @Nullable String paymentId,
    ItemStatus status,
    Outcome outcome,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String code,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String detail) {

  public static BatchItemBody of(int index, String reference, ItemResult end) {
    return new BatchItemBody(
        index,
        reference,
        end.paymentId() == null ? null : TypeId.format("pay", end.paymentId()),
        end.status(),
        end.status().outcome(),
        end.code(),
        end.detail());
  }
}
