package io.quittance.payment.batch.run;

import io.quittance.idempotency.IdempotencyKeys;
import io.quittance.idempotency.KeyedRequest;
import io.quittance.journal.UnitOfWork;
import io.quittance.ledger.Refusal;
import io.quittance.payment.batch.store.CommandOnBatch;
import io.quittance.payment.batch.store.PaymentBatchRows;
import io.quittance.payment.batch.store.StoredBatch;
import io.quittance.web.ProblemCode;
import java.time.Duration;

/**
 * Claims the key of the request that resumes a batch and starts the next run, in one transaction. A
 * repetition of the request joins that run. A refusal changes nothing else, and is stored under the
 * key.
 *
 * @param batch the batch as it was read before
 * @param granted the deadline of the new run
 */
public record ResumeBatch(
    KeyedRequest request, StoredBatch batch, boolean background, Duration granted)
    implements CommandOnBatch<ResumeBatch.Result> {

  private static final Refusal PROCESSING =
      new Refusal(
          ProblemCode.INVALID_STATE,
          "The batch is processing; it can be resumed when it has ended.");

  /** The result. */
  public sealed interface Result {
    record Begun(StoredBatch batch) implements Result {}

    /** Every item was started before. */
    record NothingLeft() implements Result {}

    /** The batch has not ended; the key now stands for this refusal. */
    record Refused(Refusal refusal) implements Result {}
  }

  @Override
  public Result decide(UnitOfWork unit) {
    var rows = unit.table(PaymentBatchRows.class);
    StoredBatch present = rows.current(batch).orElseThrow();
    if (present.processing()) {
      unit.table(IdempotencyKeys.class)
          .refuse(request, PROCESSING.code(), PROCESSING.detail(), present.id(), unit.now());
      return new Result.Refused(PROCESSING);
    }
    StoredBatch resumed = present.resumed(background, granted, unit.now());
    BatchKeys.claim(unit, request, resumed);
    if (present.counts().notStarted() == 0) {
      return new Result.NothingLeft();
    }
    rows.change(resumed);
    return new Result.Begun(resumed);
  }
}
