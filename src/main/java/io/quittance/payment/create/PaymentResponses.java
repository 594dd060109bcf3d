package io.quittance.payment.create;

import io.quittance.payment.create.PaymentProcessor.Processed;
import io.quittance.payment.event.PaymentMeters;
import io.quittance.payment.model.Failure;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentBody;
import io.quittance.payment.model.PaymentOrder;
import io.quittance.payment.model.PaymentResult;
import io.quittance.payment.timeline.ServerTiming;
import io.quittance.web.AnswerMark;
import io.quittance.web.IdempotencyHeaders;
import io.quittance.web.Problem;
import io.quittance.web.ProblemWriter;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Instant;
import java.util.Objects;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/**
 * Turns the results of payments into HTTP responses. A replay has the status of the first response,
 * and the payment as it is now. Thread-safe.
 */
@Component
final class PaymentResponses {

  /** What to answer. */
  sealed interface PaymentAnswer {

    /** The result of the request itself. */
    record First(Processed processed) implements PaymentAnswer {}

    /** The payment of the request that this one repeats. */
    record Replay(Payment payment) implements PaymentAnswer {}
  }

  private final ProblemWriter problems;
  private final Clock clock;
  private final PaymentMeters meters;

  PaymentResponses(ProblemWriter problems, Clock clock, PaymentMeters meters) {
    this.problems = problems;
    this.clock = clock;
    this.meters = meters;
  }

  ResponseEntity<Object> of(PaymentAnswer answer, PaymentOrder order, HttpServletRequest request) {
    return switch (answer) {
      case PaymentAnswer.First(Processed processed) -> first(processed, order, request);
      case PaymentAnswer.Replay(Payment payment) -> replay(payment, request);
    };
  }

  private ResponseEntity<Object> first(
      Processed processed, PaymentOrder order, HttpServletRequest request) {
    meters.answered(processed.result(), order);
    ResponseEntity<Object> answer =
        switch (processed.result()) {
          case PaymentResult.Concluded(Payment payment) -> of(payment, request);
          case PaymentResult.Refused(Problem problem) -> problems.entity(problem, request);
          case PaymentResult.NotBegun(Problem problem) -> problems.entity(problem, request);
          case PaymentResult.Unknown(PaymentOrder begun, Instant resolvesBy) -> {
            AnswerMark.unknown();
            yield json(HttpStatus.ACCEPTED, unknown(begun, resolvesBy));
          }
        };
    return withHeader(answer, "Server-Timing", ServerTiming.of(processed.report()));
  }

  /** The status of the first response, with the payment as it is now. */
  private ResponseEntity<Object> replay(Payment payment, HttpServletRequest request) {
    return withHeader(of(payment, request), IdempotencyHeaders.REPLAYED, "true");
  }

  private ResponseEntity<Object> of(Payment payment, HttpServletRequest request) {
    return switch (payment.firstStatus()) {
      case SUCCEEDED, AUTHORIZED -> json(HttpStatus.CREATED, PaymentBody.from(payment));
      case IN_REVIEW -> json(HttpStatus.ACCEPTED, PaymentBody.from(payment));
      case DECLINED, FAILED -> problems.entity(failure(payment), request);
      case null, default ->
          throw new IllegalStateException("an answer to a payment that is not concluded");
    };
  }

  private static Problem failure(Payment payment) {
    Failure failure =
        Objects.requireNonNull(
            payment.failure(), "a payment that is answered with an error has a failure");
    return failure.problem().payment(payment.terms().id());
  }

  private PaymentBody unknown(PaymentOrder order, Instant resolvesBy) {
    return PaymentBody.from(Payment.processing(order, null, clock.instant(), resolvesBy));
  }

  private static ResponseEntity<Object> json(HttpStatusCode status, PaymentBody body) {
    return ResponseEntity.status(status).contentType(MediaType.APPLICATION_JSON).body(body);
  }

  private static ResponseEntity<Object> withHeader(
      ResponseEntity<Object> answer, String name, String value) {
    var headers = new HttpHeaders();
    headers.addAll(answer.getHeaders());
    headers.set(name, value);
    return new ResponseEntity<>(answer.getBody(), headers, answer.getStatusCode());
  }
}
