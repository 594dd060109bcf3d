package io.quittance.payment.change;

import io.quittance.concurrency.Deadline;
import io.quittance.idempotency.Idempotency;
import io.quittance.idempotency.Idempotency.KeyOutcome;
import io.quittance.idempotency.Idempotency.RunResult;
import io.quittance.idempotency.KeyRecord;
import io.quittance.idempotency.KeyedRequest;
import io.quittance.idempotency.Replayable;
import io.quittance.idempotency.ResourceLookups;
import io.quittance.idempotency.TimedLookups;
import io.quittance.identity.Caller;
import io.quittance.payment.change.ActionProcessor.ActionResult;
import io.quittance.payment.change.ActionProcessor.Carried;
import io.quittance.payment.change.ActionResponses.Success;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentLookups;
import io.quittance.payment.model.PaymentQueries;
import io.quittance.web.IdempotencyHeaders;
import io.quittance.web.Problem;
import io.quittance.web.TypeId;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** Carries out actions on payments under their idempotency keys. Thread-safe. */
@Component
final class IdempotentActions {

  /** The payment that a request names; it may not exist. */
  record Target(UUID merchantId, UUID paymentId) {

    /** 404 if the TypeID is malformed. */
    static Target of(Caller caller, String id) {
      return new Target(caller.merchantId(), PaymentQueries.id(id));
    }
  }

  private final Idempotency idempotency;
  private final ResourceLookups resources;
  private final ActionProcessor actions;
  private final ActionResponses responses;
  private final PaymentLookups payments;
  private final PaymentQueries queries;

  IdempotentActions(
      Idempotency idempotency,
      ResourceLookups resources,
      ActionProcessor actions,
      ActionResponses responses,
      PaymentLookups payments,
      PaymentQueries queries) {
    this.idempotency = idempotency;
    this.resources = resources;
    this.actions = actions;
    this.responses = responses;
    this.payments = payments;
    this.queries = queries;
  }

  /**
   * Carries the action out, or replays its result. The payment and the key are looked up in
   * parallel. If the payment cannot be read, the key is looked up once more, before the caller is
   * told that nothing happened.
   *
   * @param body the body that the fingerprint is computed from
   * @param headers null: the action is carried out without a key
   */
  <R> ResponseEntity<Object> run(
      Target target,
      PaymentAction<R> action,
      Object body,
      @Nullable IdempotencyHeaders headers,
      Deadline deadline,
      Success<R> success,
      HttpServletRequest http) {
    var seen = payments.begin(target.merchantId(), target.paymentId(), deadline);
    if (headers == null) {
      var change = new ChangePayment<>(require(seen), null, action);
      return responses.first(change, actions.carryOut(change, deadline), success, http);
    }
    KeyedRequest request =
        idempotency.request(
            target.merchantId(),
            action.name() + " " + TypeId.format("pay", target.paymentId()),
            headers.requireKey(),
            body);
    return idempotency.run(
        request,
        deadline,
        headers.waitLimit(),
        new Replayable<>() {
          @Override
          public RunResult<ResponseEntity<Object>> run() {
            var change = new ChangePayment<>(require(seen), request, action);
            return carryOut(change, deadline, success, http);
          }

          @Override
          public Optional<ResponseEntity<Object>> replay(KeyRecord holder) {
            return Optional.of(replayed(holder, target, deadline, success));
          }
        });
  }

  private static Payment require(TimedLookups<?, Optional<Payment>>.Begun seen) {
    return seen.await().orElseThrow(() -> Problem.notFound("payment"));
  }

  private <R> RunResult<ResponseEntity<Object>> carryOut(
      ChangePayment<R> change, Deadline deadline, Success<R> success, HttpServletRequest http) {
    Carried<R> carried = actions.carryOut(change, deadline);
    KeyOutcome outcome =
        switch (carried.result()) {
          case ActionResult.Decided<R> _ -> KeyOutcome.DECIDED;
          case ActionResult.NotBegun<R> _ -> KeyOutcome.NOT_ASKED;
          case ActionResult.Unknown<R> _ -> KeyOutcome.UNKNOWN;
        };
    return new RunResult<>(
        responses.first(change, carried, success, http), outcome, change.action().objectId());
  }

  private <R> ResponseEntity<Object> replayed(
      KeyRecord holder, Target target, Deadline deadline, Success<R> success) {
    Optional<Problem> refused = holder.refused();
    if (refused.isPresent()) {
      throw refused.get().payment(target.paymentId());
    }
    UUID merchantId = target.merchantId();
    UUID madeId = Objects.requireNonNull(holder.objectId());
    return resources.findLate(
        merchantId,
        deadline,
        () ->
            success.replay(
                success.find().apply(merchantId, madeId).orElseThrow(),
                queries.find(merchantId, target.paymentId()).orElseThrow()));
  }
}
