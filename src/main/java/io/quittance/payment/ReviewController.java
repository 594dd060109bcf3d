package io.quittance.payment;

import com.fasterxml.jackson.annotation.JsonValue;
import io.quittance.access.Caller;
import io.quittance.access.RequiresScope;
import io.quittance.access.Scope;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.concurrency.ExpiredInQueueException;
import io.quittance.concurrency.QueueFullException;
import io.quittance.journal.FateUnknownException;
import io.quittance.journal.Journal;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.RequestContext;
import io.quittance.web.TypeId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Clock;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** Decisions on payments in review. A second one finds the payment decided: 409. */
@RestController
class ReviewController {

  enum Decision {
    APPROVE,
    DECLINE;

    @JsonValue
    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  record NewReview(
      @NotNull Decision decision,
      @Size(max = 500) @Pattern(regexp = "[^\\p{Cntrl}]*") @Nullable String reason) {}

  private final PaymentQueries queries;
  private final Journal journal;
  private final DeadlineProperties deadlines;
  private final PaymentProperties properties;
  private final ApplicationEventPublisher events;
  private final Clock clock;

  ReviewController(
      PaymentQueries queries,
      Journal journal,
      DeadlineProperties deadlines,
      PaymentProperties properties,
      ApplicationEventPublisher events,
      Clock clock) {
    this.queries = queries;
    this.journal = journal;
    this.deadlines = deadlines;
    this.properties = properties;
    this.events = events;
    this.clock = clock;
  }

  @PostMapping("/v1/payments/{id}/review")
  @RequiresScope(Scope.FRAUD_WRITE)
  PaymentBody review(
      @PathVariable String id,
      @RequestHeader(name = "Payment-Deadline-Ms", required = false) @Nullable String deadlineMs,
      @Valid @RequestBody NewReview body,
      Caller caller,
      HttpServletRequest http) {
    Payment parked =
        queries
            .find(caller.merchantId(), TypeId.require("pay", id))
            .orElseThrow(() -> Problem.of(ProblemCode.NOT_FOUND));
    var command = new Review(parked, body.decision() == Decision.APPROVE, body.reason());
    Review.Result result =
        carryOut(command, deadlines.grant(deadlineMs, caller, RequestContext.of(http)));
    if (!result.done()) {
      throw notReviewable(result.payment());
    }
    events.publishEvent(new PaymentsCommitted(caller.merchantId(), parked.terms().id()));
    return PaymentBody.from(result.payment());
  }

  private Review.Result carryOut(Review review, Deadline deadline) {
    try {
      var patience = Deadline.after(deadline.remaining().plus(properties.answerGrace()));
      return patience.await(journal.submit(review, deadline));
    } catch (QueueFullException e) {
      throw Problem.of(ProblemCode.OVERLOADED);
    } catch (ExpiredInQueueException e) {
      throw Problem.of(ProblemCode.DEADLINE_EXCEEDED);
    } catch (DeadlineExceededException | FateUnknownException e) {
      throw unknown();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unknown();
    }
  }

  private Problem unknown() {
    return Problem.of(ProblemCode.DEADLINE_EXCEEDED, "Read the payment to see what was decided.")
        .unknownUntil(clock.instant().plus(properties.resolveGrace()));
  }

  private static Problem notReviewable(Payment payment) {
    String state =
        payment.status() == PaymentStatus.IN_REVIEW
            ? "in_review, and its time is over"
            : payment.status().text();
    return Problem.of(ProblemCode.INVALID_STATE, "The payment is " + state + ".")
        .payment(TypeId.format("pay", payment.terms().id()));
  }
}
