package io.quittance.payment.change;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quittance.concurrency.ScopeReport;
import io.quittance.payment.model.DeadlineBody;
import io.quittance.payment.model.Payment;
import io.quittance.payment.timeline.ServerTiming;
import io.quittance.web.AnswerMark;
import io.quittance.web.IdempotencyHeaders;
import io.quittance.web.Problem;
import io.quittance.web.Problem.Outcome;
import io.quittance.web.ProblemWriter;
import io.quittance.web.TypeId;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** Turns the results of actions into HTTP responses. Thread-safe. */
@Component
final class ActionResponses {

  /** The body while the outcome of an action is not known yet. */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record OpenBody(
      String paymentId,
      String status,
      Outcome outcome,
      Instant resolvesBy,
      DeadlineBody deadline) {}

  /**
   * How to answer a successful action.
   *
   * @param body makes the body from the created object and its payment
   * @param find finds the created object by its merchant and the id that is stored under the key
   */
  record Success<R>(
      HttpStatus status,
      BiFunction<R, Payment, Object> body,
      BiFunction<UUID, UUID, Optional<R>> find) {

    ResponseEntity<Object> answer(R made, Payment payment) {
      return response().body(body.apply(made, payment));
    }

    /** The answer to a repetition: the same object as it is now. */
    ResponseEntity<Object> replay(R made, Payment payment) {
      return response().header(IdempotencyHeaders.REPLAYED, "true").body(body.apply(made, payment));
    }

    private ResponseEntity.BodyBuilder response() {
      return ResponseEntity.status(status).contentType(MediaType.APPLICATION_JSON);
    }
  }

  private final ProblemWriter problems;

  ActionResponses(ProblemWriter problems) {
    this.problems = problems;
  }

  /** The answer to the request that was carried out. */
  <R> ResponseEntity<Object> first(
      ChangePayment<R> change,
      ActionProcessor.Carried<R> carried,
      Success<R> success,
      HttpServletRequest request) {
    UUID paymentId = change.seen().terms().id();
    ScopeReport report = carried.report();
    ResponseEntity<Object> answer =
        switch (carried.result()) {
          case ActionProcessor.ActionResult.Decided<R>(
                  ChangePayment.Result.Done<R>(R made, Payment payment)) ->
              success.answer(made, payment);
          case ActionProcessor.ActionResult.Decided<R>(
                  ChangePayment.Result.Refused<R>(var refusal, _)) ->
              problems.entity(
                  Problem.of(refusal.code(), refusal.detail()).payment(paymentId), request);
          case ActionProcessor.ActionResult.NotBegun<R>(Problem problem) ->
              problems.entity(problem.payment(paymentId), request);
          case ActionProcessor.ActionResult.Unknown<R>(Instant resolvesBy) -> {
            AnswerMark.unknown();
            yield ResponseEntity.status(HttpStatus.ACCEPTED)
                .body(
                    new OpenBody(
                        TypeId.format("pay", paymentId),
                        "processing",
                        Outcome.UNKNOWN,
                        resolvesBy,
                        new DeadlineBody((int) report.granted_ms(), (int) report.granted_ms())));
          }
        };
    var headers = new HttpHeaders();
    headers.addAll(answer.getHeaders());
    headers.set("Server-Timing", ServerTiming.of(report));
    return new ResponseEntity<>(answer.getBody(), headers, answer.getStatusCode());
  }
}
