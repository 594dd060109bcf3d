package io.quittance.payment.create;

import io.quittance.idempotency.Idempotency.KeyOutcome;
import io.quittance.idempotency.Idempotency.LookupTiming;
import io.quittance.idempotency.Idempotency.RunResult;
import io.quittance.idempotency.KeyRecord;
import io.quittance.idempotency.Replayable;
import io.quittance.idempotency.ResourceLookups;
import io.quittance.payment.create.PaymentProcessor.Processed;
import io.quittance.payment.create.PaymentResponses.PaymentAnswer;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentOrder;
import io.quittance.payment.model.PaymentQueries;
import io.quittance.payment.model.PaymentResult;
import io.quittance.web.Problem;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/** A payment under its idempotency key: it is carried out once, and shown to repetitions. */
record IdempotentPayment(
    PaymentOrder order,
    PaymentProcessor processor,
    PaymentQueries queries,
    ResourceLookups resources)
    implements Replayable<PaymentAnswer> {

  @Override
  public LookupTiming lookupTiming() {
    return processor.lookupTiming();
  }

  @Override
  public RunResult<PaymentAnswer> run() {
    Processed processed = processor.process(order);
    KeyOutcome outcome =
        switch (processed.result()) {
          case PaymentResult.Concluded _, PaymentResult.Refused _ -> KeyOutcome.DECIDED;
          case PaymentResult.NotBegun _ -> KeyOutcome.NOT_ASKED;
          case PaymentResult.Unknown _ -> KeyOutcome.UNKNOWN;
        };
    return new RunResult<>(new PaymentAnswer.First(processed), outcome, order.id());
  }

  /** Empty while the payment is processing. */
  @Override
  public Optional<PaymentAnswer> replay(KeyRecord holder) {
    UUID id = holder.objectId();
    Optional<Problem> refused = holder.refused();
    if (refused.isPresent()) {
      throw refused.get().payment(id);
    }
    UUID made = Objects.requireNonNull(id);
    return resources
        .findLate(
            order.merchantId(), order.deadline(), () -> queries.find(order.merchantId(), made))
        .filter(Payment::concluded)
        .map(PaymentAnswer.Replay::new);
  }
}
