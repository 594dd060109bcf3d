package io.quittance.payment.change;

import io.quittance.concurrency.Deadline;
import io.quittance.idempotency.Idempotency;
import io.quittance.idempotency.Idempotency.KeyFate;
import io.quittance.idempotency.Idempotency.LookupTiming;
import io.quittance.idempotency.Idempotency.Ran;
import io.quittance.idempotency.KeyRecord;
import io.quittance.idempotency.KeyedRequest;
import io.quittance.payment.change.ActionProcessor.ActionResult;
import io.quittance.payment.change.ActionProcessor.Carried;
import io.quittance.payment.change.ActionResponses.Success;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentQueries;
import io.quittance.payment.model.PaymentTerms;
import io.quittance.web.IdempotencyHeaders;
import io.quittance.web.Problem;
import io.quittance.web.TypeId;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** Carries out actions on payments under their idempotency keys. Thread-safe. */
@Component
final class IdempotentActions {

  private final Idempotency idempotency;
  private final ActionProcessor actions;
  private final ActionResponses responses;
  private final PaymentQueries payments;

  IdempotentActions(
      Idempotency idempotency,
      ActionProcessor actions,
      ActionResponses responses,
      PaymentQueries payments) {
    this.idempotency = idempotency;
    this.actions = actions;
    this.responses = responses;
    this.payments = payments;
  }

  /**
   * Carries the action out, or replays what became of it.
   *
   * @param body what the key's fingerprint is taken of
   * @param headers null: the action is carried out without a key
   */
  <R> ResponseEntity<Object> run(
      Payment seen,
      PaymentAction<R> action,
      Object body,
      @Nullable IdempotencyHeaders headers,
      Deadline deadline,
      Success<R> success,
      HttpServletRequest http) {
    if (headers == null) {
      var change = new ChangePayment<>(seen, null, action);
      return responses.first(change, actions.carryOut(change, deadline), success, http);
    }
    KeyedRequest request =
        idempotency.request(
            seen.terms().merchantId(), action.name() + " " + id(seen), headers.requireKey(), body);
    return idempotency.run(
        request,
        deadline,
        headers.waitLimit(),
        LookupTiming.BEFORE,
        () -> carryOut(new ChangePayment<>(seen, request, action), deadline, success, http),
        holder -> Optional.of(replay(holder, seen, success)));
  }

  private <R> Ran<ResponseEntity<Object>> carryOut(
      ChangePayment<R> change, Deadline deadline, Success<R> success, HttpServletRequest http) {
    Carried<R> carried = actions.carryOut(change, deadline);
    KeyFate fate =
        switch (carried.result()) {
          case ActionResult.Decided<R> _ -> KeyFate.DECIDED;
          case ActionResult.NotBegun<R> _ -> KeyFate.NOT_ASKED;
          case ActionResult.Unknown<R> _ -> KeyFate.IN_DOUBT;
        };
    return new Ran<>(
        responses.first(change, carried, success, http), fate, change.action().objectId());
  }

  private <R> ResponseEntity<Object> replay(KeyRecord holder, Payment seen, Success<R> success) {
    PaymentTerms terms = seen.terms();
    Optional<Problem> refused = holder.refused();
    if (refused.isPresent()) {
      throw refused.get().payment(terms.id());
    }
    R made =
        success
            .find()
            .apply(terms.merchantId(), Objects.requireNonNull(holder.objectId()))
            .orElseThrow();
    Payment current = payments.find(terms.merchantId(), terms.id()).orElseThrow();
    return success.replay(made, current);
  }

  private static String id(Payment payment) {
    return TypeId.format("pay", payment.terms().id());
  }
}
