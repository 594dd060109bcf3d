package io.quittance.payment.create;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.idempotency.Idempotency;
import io.quittance.idempotency.KeyedRequest;
import io.quittance.idempotency.ResourceLookups;
import io.quittance.identity.Caller;
import io.quittance.identity.RequiresScope;
import io.quittance.identity.Scope;
import io.quittance.payment.PaymentDeadlines;
import io.quittance.payment.create.PaymentResponses.PaymentAnswer;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentBody;
import io.quittance.payment.model.PaymentOrder;
import io.quittance.payment.model.PaymentQueries;
import io.quittance.payment.timeline.Timelines;
import io.quittance.web.DeadlineHeader;
import io.quittance.web.IdempotencyHeaders;
import io.quittance.web.LogFields;
import io.quittance.web.ProblemCode;
import io.quittance.web.Route;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Creates and shows payments. */
@RestController
class PaymentController {

  private static final String OPERATION = "POST /v1/payments";

  private final PaymentProcessor processor;
  private final PaymentResponses responses;
  private final PaymentQueries queries;
  private final Timelines timelines;
  private final Idempotency idempotency;
  private final ResourceLookups resources;
  private final PaymentDeadlines deadlines;
  private final ObjectMapper json;

  PaymentController(
      PaymentProcessor processor,
      PaymentResponses responses,
      PaymentQueries queries,
      Timelines timelines,
      Idempotency idempotency,
      ResourceLookups resources,
      PaymentDeadlines deadlines,
      ObjectMapper json) {
    this.processor = processor;
    this.responses = responses;
    this.queries = queries;
    this.timelines = timelines;
    this.idempotency = idempotency;
    this.resources = resources;
    this.deadlines = deadlines;
    this.json = json;
  }

  @PostMapping("/v1/payments")
  @Route(
      id = "createPayment",
      summary = "Makes a payment",
      description =
          "201: it succeeded, or is authorized. 202: it is in review, or the outcome is not known yet;"
              + " `resolves_by` says when it is.",
      answers = {
        @Route.Answer(status = 201, body = PaymentBody.class),
        @Route.Answer(status = 202, body = PaymentBody.class)
      },
      refusals = ProblemCode.Refusals.PAYMENTS,
      problems = ProblemCode.FRAUD_DECLINED)
  @RequiresScope(Scope.PAYMENTS_WRITE)
  ResponseEntity<Object> create(
      IdempotencyHeaders headers,
      DeadlineHeader deadlineMs,
      @Valid @RequestBody NewPayment body,
      Caller caller,
      HttpServletRequest http)
      throws JsonProcessingException {
    KeyedRequest request =
        idempotency.request(caller.merchantId(), OPERATION, headers.requireKey(), body);
    var deadline = deadlines.grant(deadlineMs, caller);
    PaymentOrder order = body.order(request, deadline, json);
    LogFields.payment(order.id());
    PaymentAnswer answer =
        idempotency.run(
            request,
            deadline,
            headers.waitLimit(),
            new IdempotentPayment(order, processor, queries, resources));
    return responses.of(answer, order, http);
  }

  @GetMapping("/v1/payments/{id}")
  @Route(id = "getPayment", summary = "Shows a payment")
  @RequiresScope(Scope.PAYMENTS_READ)
  PaymentBody get(@PathVariable String id, Caller caller) {
    return PaymentBody.from(queries.require(caller.merchantId(), id));
  }

  @GetMapping("/v1/payments/{id}/timeline")
  @Route(id = "getTimeline", summary = "Shows what each subtask of a payment did")
  @RequiresScope(Scope.PAYMENTS_READ)
  Timelines.Timeline timeline(@PathVariable String id, Caller caller) {
    Payment payment = queries.require(caller.merchantId(), id);
    return timelines.of(caller.merchantId(), payment.terms().id());
  }
}
