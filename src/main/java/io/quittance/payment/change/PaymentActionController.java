package io.quittance.payment.change;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.concurrency.Deadline;
import io.quittance.identity.Caller;
import io.quittance.identity.RequiresScope;
import io.quittance.identity.Scope;
import io.quittance.money.Money;
import io.quittance.payment.DeadlineProperties;
import io.quittance.payment.change.ActionResponses.OpenBody;
import io.quittance.payment.change.ActionResponses.Success;
import io.quittance.payment.change.IdempotentActions.Headers;
import io.quittance.payment.model.CaptureBody;
import io.quittance.payment.model.MovementQueries;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentBody;
import io.quittance.payment.model.PaymentQueries;
import io.quittance.payment.model.RefundBody;
import io.quittance.web.Metadata;
import io.quittance.web.Printable;
import io.quittance.web.ProblemCode;
import io.quittance.web.RequestContext;
import io.quittance.web.Route;
import io.quittance.web.TypeId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** What merchants do to payments that exist. */
@RestController
class PaymentActionController {

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
  record PaymentChange(
      @Size(max = 1000) @Printable @Nullable String description,
      @Metadata @Nullable Map<String, String> metadata) {}

  private final PaymentQueries payments;
  private final MovementQueries movements;
  private final IdempotentActions actions;
  private final DeadlineProperties deadlines;
  private final ObjectMapper json;

  PaymentActionController(
      PaymentQueries payments,
      MovementQueries movements,
      IdempotentActions actions,
      DeadlineProperties deadlines,
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
      summary = "Captures held money",
      description =
          "Without an amount: all that is left. `final: false` keeps the rest capturable.",
      answers = {
        @Route.Answer(status = 201, body = CaptureBody.class),
        @Route.Answer(status = 202, body = OpenBody.class)
      },
      problems = {ProblemCode.INVALID_STATE, ProblemCode.AMOUNT_EXCEEDS_CAPTURABLE})
  @RequiresScope(Scope.PAYMENTS_WRITE)
  ResponseEntity<Object> capture(
      @PathVariable String id,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      @RequestHeader(name = "Payment-Deadline-Ms", required = false) @Nullable String deadlineMs,
      @RequestHeader(name = "Prefer", required = false) @Nullable String prefer,
      @Valid @RequestBody(required = false) @Nullable NewCapture body,
      Caller caller,
      HttpServletRequest http) {
    NewCapture asked = body == null ? new NewCapture(null, null) : body;
    Deadline deadline = deadlines.grant(deadlineMs, caller, RequestContext.of(http));
    var capture =
        new Capture(
            TypeId.next(),
            TypeId.next(),
            asked.amount(),
            asked.last() == null || asked.last(),
            deadline);
    return actions.run(
        payments.require(caller.merchantId(), id),
        capture,
        asked,
        new Headers(key, prefer, true),
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
      summary = "Gives back what is still held",
      answers = {
        @Route.Answer(status = 200, body = PaymentBody.class),
        @Route.Answer(status = 202, body = OpenBody.class)
      },
      problems = ProblemCode.INVALID_STATE)
  @RequiresScope(Scope.PAYMENTS_WRITE)
  ResponseEntity<Object> cancel(
      @PathVariable String id,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      @RequestHeader(name = "Payment-Deadline-Ms", required = false) @Nullable String deadlineMs,
      @RequestHeader(name = "Prefer", required = false) @Nullable String prefer,
      @Valid @RequestBody(required = false) @Nullable NewCancel body,
      Caller caller,
      HttpServletRequest http) {
    Payment payment = payments.require(caller.merchantId(), id);
    return actions.run(
        payment,
        new Cancel(payment.terms().id()),
        Map.of(),
        new Headers(key, prefer, true),
        deadlines.grant(deadlineMs, caller, RequestContext.of(http)),
        ofPayment(),
        http);
  }

  @PostMapping("/v1/payments/{id}/refunds")
  @Route(
      id = "refundPayment",
      summary = "Gives captured money back",
      description = "Without an amount: all that was captured and not refunded yet.",
      answers = {
        @Route.Answer(status = 201, body = RefundBody.class),
        @Route.Answer(status = 202, body = OpenBody.class)
      },
      problems = {
        ProblemCode.INVALID_STATE,
        ProblemCode.AMOUNT_EXCEEDS_REFUNDABLE,
        ProblemCode.ACCOUNT_CLOSED,
        ProblemCode.BALANCE_OUT_OF_RANGE,
        ProblemCode.INSUFFICIENT_FUNDS
      })
  @RequiresScope(Scope.PAYMENTS_WRITE)
  ResponseEntity<Object> refund(
      @PathVariable String id,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      @RequestHeader(name = "Payment-Deadline-Ms", required = false) @Nullable String deadlineMs,
      @RequestHeader(name = "Prefer", required = false) @Nullable String prefer,
      @Valid @RequestBody(required = false) @Nullable NewRefund body,
      Caller caller,
      HttpServletRequest http) {
    NewRefund asked = body == null ? new NewRefund(null, null) : body;
    Deadline deadline = deadlines.grant(deadlineMs, caller, RequestContext.of(http));
    var refund = new Refund(TypeId.next(), TypeId.next(), asked.amount(), asked.reason(), deadline);
    return actions.run(
        payments.require(caller.merchantId(), id),
        refund,
        asked,
        new Headers(key, prefer, true),
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
      summary = "Decides on a payment in review",
      answers = {
        @Route.Answer(status = 200, body = PaymentBody.class),
        @Route.Answer(status = 202, body = OpenBody.class)
      },
      problems = ProblemCode.INVALID_STATE,
      keyOptional = true)
  @RequiresScope(Scope.FRAUD_WRITE)
  ResponseEntity<Object> review(
      @PathVariable String id,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      @RequestHeader(name = "Payment-Deadline-Ms", required = false) @Nullable String deadlineMs,
      @RequestHeader(name = "Prefer", required = false) @Nullable String prefer,
      @Valid @RequestBody NewReview body,
      Caller caller,
      HttpServletRequest http) {
    Payment payment = payments.require(caller.merchantId(), id);
    return actions.run(
        payment,
        new Review(
            payment.terms().id(),
            body.decision() == Decision.APPROVE,
            body.reason(),
            caller.origin()),
        body,
        new Headers(key, prefer, false),
        deadlines.grant(deadlineMs, caller, RequestContext.of(http)),
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
      @RequestHeader(name = "Payment-Deadline-Ms", required = false) @Nullable String deadlineMs,
      @Valid @RequestBody PaymentChange body,
      Caller caller,
      HttpServletRequest http)
      throws JsonProcessingException {
    Payment payment = payments.require(caller.merchantId(), id);
    return actions.run(
        payment,
        new Describe(
            payment.terms().id(),
            body.description(),
            body.metadata() == null ? null : json.writeValueAsString(body.metadata())),
        body,
        new Headers(null, null, false),
        deadlines.grant(deadlineMs, caller, RequestContext.of(http)),
        ofPayment(),
        http);
  }

  private Success<Payment> ofPayment() {
    return new Success<>(
        HttpStatus.OK, (made, payment) -> PaymentBody.from(payment), payments::find);
  }
}
