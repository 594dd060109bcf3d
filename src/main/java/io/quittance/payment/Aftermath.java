package io.quittance.payment;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.concurrency.ScopeFailedException;
import io.quittance.journal.Journal;
import io.quittance.journal.KeyTakenException;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * What becomes of a payment whose scope failed or ran out of time. Its hold is given back outside
 * the deadline, behind the command that may have made it, and the database has the last word: only
 * if even that cannot be heard in time is the answer "unknown". Thread-safe.
 */
@Component
final class Aftermath {

  private static final Logger log = LoggerFactory.getLogger(Aftermath.class);

  /** How long a release may wait for its turn; after that, recovery does it. */
  private static final Duration RELEASE_PATIENCE = Duration.ofSeconds(30);

  private final Journal journal;
  private final Dependencies dependencies;
  private final PaymentProperties properties;
  private final Clock clock;

  Aftermath(Journal journal, Dependencies dependencies, PaymentProperties properties, Clock clock) {
    this.journal = journal;
    this.dependencies = dependencies;
    this.properties = properties;
    this.clock = clock;
  }

  /** Ends the payment for the reason that its scope failed. */
  Ending of(PaymentOrder order, Submission<?> authorize, Exception reason)
      throws InterruptedException {
    Throwable cause = reason instanceof ScopeFailedException failed ? failed.first() : reason;
    boolean ledgerFailed =
        !(reason instanceof ScopeFailedException failed) || failed.subtask().equals("ledger");
    if (ledgerFailed && cause instanceof RejectedExecutionException) {
      return new Ending.NotBegun(Problem.of(ProblemCode.OVERLOADED));
    }
    if (ledgerFailed && cause instanceof CallNotPermittedException) {
      return new Ending.NotBegun(unavailable(dependencies.ledger()));
    }
    Failure failure = failure(cause, ledgerFailed);
    log.debug("Payment {} is released: {}", order.id(), failure.detail(), reason);
    return release(order, authorize, failure);
  }

  private static Failure failure(Throwable cause, boolean ledgerFailed) {
    if (ledgerFailed && cause instanceof DeadlineExceededException) {
      return Failure.deadlineExceeded();
    }
    return Failure.unavailable(ledgerFailed ? "ledger" : "fraud");
  }

  private Ending release(PaymentOrder order, Submission<?> authorize, Failure failure)
      throws InterruptedException {
    try {
      var patience = Deadline.after(order.deadline().remaining().plus(properties.answerGrace()));
      var pending = journal.submit(new Release(order, failure), Deadline.after(RELEASE_PATIENCE));
      return switch (patience.await(pending)) {
        case Authorize.Result.Begun begun -> new Ending.Concluded(begun.payment());
        case Authorize.Result.KeyTaken taken -> throw new KeyTakenException(taken.holder());
        case Authorize.Result.Refused refused -> new Ending.Refused(refused.problem());
      };
    } catch (KeyTakenException e) {
      throw e;
    } catch (RuntimeException e) {
      log.warn("Payment {} could not be released in time: {}", order.id(), e.toString());
      return authorize.surelyNotApplied() ? notBegun(failure) : unknown(order);
    }
  }

  private Ending notBegun(Failure failure) {
    return new Ending.NotBegun(
        Problem.of(failure.code(), failure.detail()).dependency(failure.dependency()));
  }

  private Ending unknown(PaymentOrder order) {
    Instant resolvesBy =
        clock
            .instant()
            .plus(properties.resolveGrace())
            .plus(properties.resolveInterval().multipliedBy(2));
    return new Ending.Unknown(order, resolvesBy);
  }

  private static Problem unavailable(Dependency dependency) {
    return Problem.of(
            ProblemCode.DEPENDENCY_UNAVAILABLE,
            "The circuit breaker of %s is open.".formatted(dependency.name()))
        .dependency(dependency.name())
        .retryAfter(dependency.openFor());
  }
}
