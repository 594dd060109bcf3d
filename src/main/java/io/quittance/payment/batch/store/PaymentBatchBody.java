package io.quittance.payment.batch.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.quittance.payment.model.DeadlineBody;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A batch as JSON. It has its items where one batch is shown, but not in lists and events. */
public record PaymentBatchBody(
    String id,
    BatchStatus status,
    BatchMode mode,
    FailurePolicy onFailure,
    @Nullable String reference,
    @JsonRawValue String metadata,
    BatchCounts counts,
    DeadlineBody deadline,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<BatchItemBody> items,
    Instant createdAt,
    @Nullable Instant completedAt) {

  public static PaymentBatchBody from(StoredBatch batch) {
    return from(batch, null);
  }

  static PaymentBatchBody from(StoredBatch batch, @Nullable List<BatchItemBody> items) {
    return new PaymentBatchBody(
        batch.text(),
        BatchStatus.from(batch.status()),
        batch.asked().mode(),
        batch.asked().onFailure(),
        batch.asked().reference(),
        batch.asked().metadata(),
        batch.counts(),
        new DeadlineBody(batch.run().grantedMs(), batch.run().usedMs()),
        items,
        batch.createdAt(),
        batch.completedAt());
  }
}
