package io.quittance.payment.change;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.concurrency.Deadline;
import io.quittance.identity.Caller;
import io.quittance.identity.RequiresScope;
import io.quittance.identity.Scope;
import io.quittance.payment.PaymentDeadlines;
import io.quittance.payment.change.ActionBodies.Decision;
import io.quittance.payment.change.ActionBodies.NewCancel;
import io.quittance.payment.change.ActionBodies.NewCapture;
import io.quittance.payment.change.ActionBodies.NewRefund;
import io.quittance.payment.change.ActionBodies.NewReview;
import io.quittance.payment.change.ActionBodies.PaymentUpdate;
import io.quittance.payment.change.ActionResponses.OpenBody;
import io.quittance.payment.change.ActionResponses.Success;
import io.quittance.payment.change.IdempotentActions.Target;
import io.quittance.payment.model.CaptureBody;
import io.quittance.payment.model.MovementQueries;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentBody;
import io.quittance.payment.model.PaymentQueries;
import io.quittance.payment.model.RefundBody;
import io.quittance.web.DeadlineHeader;
import io.quittance.web.IdempotencyHeaders;
import io.quittance.web.ProblemCode;
import io.quittance.web.Route;
import io.quittance.web.TypeId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Actions on existing payments. */
@RestController
class PaymentActionController {

  private final PaymentQueries payments;
  private final MovementQueries movements;
  private final IdempotentActions actions;
  private final PaymentDeadlines deadlines;
  private final ObjectMapper json;

  PaymentActionController(
      PaymentQueries payments,
      MovementQueries movements,
      IdempotentActions actions,
      PaymentDeadlines deadlines,
      ObjectMapper json) {
    this.payments = payments;
    this.movements = movements;
    this.actions = actions;
    this.deadlines = deadlines;
    this.json = json;
  }

  @PostMapping("/v1/payments/{id}/captures")
  @Route(
      id = "capturePayment",
      summary = "Captures a payment, whole or in part",
      description =
          "Without an amount: all that is still held. `final: false` keeps the rest on hold.",
      answers = {
        @Route.Answer(status = 201, body = CaptureBody.class),
        @Route.Answer(status = 202, body = OpenBody.class)
      },
      problems = {ProblemCode.INVALID_STATE, ProblemCode.AMOUNT_EXCEEDS_CAPTURABLE})
  @RequiresScope(Scope.PAYMENTS_WRITE)
  ResponseEntity<Object> capture(
      @PathVariable String id,
      IdempotencyHeaders headers,
      DeadlineHeader deadlineMs,
      @Valid @RequestBody(required = false) @Nullable NewCapture body,
      Caller caller,
      HttpServletRequest http) {
    NewCapture asked = body == null ? new NewCapture(null, null) : body;
    Deadline deadline = deadlines.grant(deadlineMs, caller);
    var capture =
        new Capture(
            TypeId.next(),
            TypeId.next(),
            asked.amount(),
            asked.last() == null || asked.last(),
            deadline);
    return actions.run(
        Target.of(caller, id),
        capture,
        asked,
        headers,
        deadline,
        new Success<>(
            HttpStatus.CREATED,
            (captured, payment) -> CaptureBody.from(captured),
            movements::capture),
        http);
  }

  @PostMapping("/v1/payments/{id}/cancel")
  @Route(
      id = "cancelPayment",
      summary = "Cancels a payment and releases its hold",
      answers = {
        @Route.Answer(status = 200, body = PaymentBody.class),
        @Route.Answer(status = 202, body = OpenBody.class)
      },
      problems = ProblemCode.INVALID_STATE)
  @RequiresScope(Scope.PAYMENTS_WRITE)
  ResponseEntity<Object> cancel(
      @PathVariable String id,
      IdempotencyHeaders headers,
      DeadlineHeader deadlineMs,
      @Valid @RequestBody(required = false) @Nullable NewCancel body,
      Caller caller,
      HttpServletRequest http) {
    Target target = Target.of(caller, id);
    return actions.run(
        target,
        new Cancel(target.paymentId()),
        Map.of(),
        headers,
        deadlines.grant(deadlineMs, caller),
        ofPayment(),
        http);
  }

  @PostMapping("/v1/payments/{id}/refunds")
  @Route(
      id = "refundPayment",
      summary = "Refunds a payment, whole or in part",
      description = "Without an amount: all that was captured and not refunded yet.",
      answers = {
        @Route.Answer(status = 201, body = RefundBody.class),
        @Route.Answer(status = 202, body = OpenBody.class)
      },
      refusals = ProblemCode.Refusals.RETURNS,
      problems = ProblemCode.AMOUNT_EXCEEDS_REFUNDABLE)
  @RequiresScope(Scope.PAYMENTS_WRITE)
  ResponseEntity<Object> refund(
      @PathVariable String id,
      IdempotencyHeaders headers,
      DeadlineHeader deadlineMs,
      @Valid @RequestBody(required = false) @Nullable NewRefund body,
      Caller caller,
      HttpServletRequest http) {
    NewRefund asked = body == null ? new NewRefund(null, null) : body;
    Deadline deadline = deadlines.grant(deadlineMs, caller);
    var refund = new Refund(TypeId.next(), TypeId.next(), asked.amount(), asked.reason(), deadline);
    return actions.run(
        Target.of(caller, id),
        refund,
        asked,
        headers,
        deadline,
        new Success<>(
            HttpStatus.CREATED,
            (refunded, payment) -> RefundBody.from(refunded),
            movements::refund),
        http);
  }

  @PostMapping("/v1/payments/{id}/review")
  @Route(
      id = "reviewPayment",
      summary = "Approves or declines a payment in review",
      answers = {
        @Route.Answer(status = 200, body = PaymentBody.class),
        @Route.Answer(status = 202, body = OpenBody.class)
      },
      problems = ProblemCode.INVALID_STATE,
      keyOptional = true)
  @RequiresScope(Scope.FRAUD_WRITE)
  ResponseEntity<Object> review(
      @PathVariable String id,
      IdempotencyHeaders headers,
      DeadlineHeader deadlineMs,
      @Valid @RequestBody NewReview body,
      Caller caller,
      HttpServletRequest http) {
    Target target = Target.of(caller, id);
    return actions.run(
        target,
        new Review(
            target.paymentId(),
            body.decision() == Decision.APPROVE,
            body.reason(),
            caller.origin()),
        body,
        headers.key() == null ? null : headers,
        deadlines.grant(deadlineMs, caller),
        ofPayment(),
        http);
  }

  @PatchMapping("/v1/payments/{id}")
  @Route(
      id = "changePayment",
      summary = "Changes a payment's description and metadata",
      description =
          "What is left out stays as it is; metadata is replaced as a whole, and an empty"
              + " description removes it. Nothing moves, and no event is sent.",
      answers = {
        @Route.Answer(status = 200, body = PaymentBody.class),
        @Route.Answer(status = 202, body = OpenBody.class)
      })
  @RequiresScope(Scope.PAYMENTS_WRITE)
  ResponseEntity<Object> change(
      @PathVariable String id,
      DeadlineHeader deadlineMs,
      @Valid @RequestBody PaymentUpdate body,
      Caller caller,
      HttpServletRequest http)
      throws JsonProcessingException {
    Target target = Target.of(caller, id);
    return actions.run(
        target,
        new Describe(
            target.paymentId(),
            body.description(),
            body.metadata() == null ? null : json.writeValueAsString(body.metadata())),
        body,
        null,
        deadlines.grant(deadlineMs, caller),
        ofPayment(),
        http);
  }

  private Success<Payment> ofPayment() {
    return new Success<>(
        HttpStatus.OK, (made, payment) -> PaymentBody.from(payment), payments::find);
  }
}
