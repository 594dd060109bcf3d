package io.quittance.payment.create;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.concurrency.ScopeFailedException;
import io.quittance.concurrency.pool.ExpiredInQueueException;
import io.quittance.database.Clocks;
import io.quittance.idempotency.KeyTakenException;
import io.quittance.idempotency.Keyed;
import io.quittance.journal.CommitOutcomeUnknownException;
import io.quittance.journal.Journal;
import io.quittance.journal.QueuedCommand;
import io.quittance.payment.PaymentProperties;
import io.quittance.payment.dependency.Dependencies;
import io.quittance.payment.model.Failure;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentOrder;
import io.quittance.payment.model.PaymentResult;
import io.quittance.web.DependencyNames;
import io.quittance.web.Problem;
import io.quittance.web.TypeId;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Ends a payment whose scope failed or missed its deadline. A {@link Release} is queued behind the
 * command that may have made the hold, outside the deadline, and its result counts. Only if the
 * database does not answer in time is the outcome unknown. Thread-safe.
 */
@Component
final class Compensation {

  private static final Logger log = LoggerFactory.getLogger(Compensation.class);

  private final Journal journal;
  private final Dependencies dependencies;
  private final ReleaseTime releaseTime;
  private final PaymentProperties properties;
  private final Clocks clocks;

  Compensation(
      Journal journal,
      Dependencies dependencies,
      ReleaseTime releaseTime,
      PaymentProperties properties,
      Clocks clocks) {
    this.journal = journal;
    this.dependencies = dependencies;
    this.releaseTime = releaseTime;
    this.properties = properties;
    this.clocks = clocks;
  }

  /** Ends the payment for the reason that its scope failed. */
  PaymentResult of(
      PaymentOrder order, QueuedCommand<Keyed<BeginPayment.Result>> begin, Exception reason)
      throws InterruptedException {
    Throwable cause = reason instanceof ScopeFailedException failed ? failed.first() : reason;
    boolean ledgerFailed =
        !(reason instanceof ScopeFailedException failed)
            || failed.subtask().equals(DependencyNames.LEDGER);
    // Only if the payment was not begun: an ApplyVerdict that was refused for want of room leaves a
    // hold.
    boolean notBegun = ledgerFailed && begin.surelyNotApplied();
    if (notBegun && cause instanceof RejectedExecutionException) {
      return new PaymentResult.NotBegun(Problem.overloaded());
    }
    if (notBegun && cause instanceof CallNotPermittedException) {
      return new PaymentResult.NotBegun(dependencies.ledger().refusal());
    }
    Failure failure = failure(cause, ledgerFailed);
    log.debug("Payment {} is released: {}", text(order), failure.detail(), reason);
    PaymentResult result = release(order, begin, failure);
    if (cause instanceof ScreeningLateException && result instanceof PaymentResult.Concluded) {
      releaseTime.released(order);
    }
    return result;
  }

  private static Failure failure(Throwable cause, boolean ledgerFailed) {
    return switch (cause) {
      case ScreeningLateException _ -> Failure.deadlineExceeded();
      case DeadlineExceededException _ when ledgerFailed -> Failure.deadlineExceeded();
      case Throwable _ when !ledgerFailed -> Failure.unavailable(DependencyNames.FRAUD);
      case DataAccessException _, TransactionException _, RejectedExecutionException _ ->
          Failure.unavailable(DependencyNames.LEDGER);
      case Throwable _ when Dependencies.ledgerIsToBlame(cause) ->
          Failure.unavailable(DependencyNames.LEDGER);
      default -> Failure.internal();
    };
  }

  private PaymentResult release(
      PaymentOrder order, QueuedCommand<Keyed<BeginPayment.Result>> begin, Failure failure)
      throws InterruptedException {
    boolean mayHold = !begin.surelyNotApplied();
    var release = new Release(order, failure, mayHold);
    try {
      var patience = Deadline.after(order.deadline().remaining().plus(properties.answerGrace()));
      return switch (patience.await(journal.submit(release, releaseLimit(order)))) {
        case Release.Result.Ended ended ->
            new PaymentResult.Concluded(ownConclusion(begin).orElse(ended.payment()));
        case Release.Result.KeyTaken taken ->
            ownRefusal(begin).orElseThrow(() -> new KeyTakenException(taken.holder()));
        case Release.Result.NotRecorded _ -> notBegun(failure);
      };
    } catch (KeyTakenException e) {
      throw e;
    } catch (RuntimeException e) {
      return begin.surelyNotApplied() && surelyUnrecorded(release, e)
          ? notBegun(failure)
          : unknown(order, e);
    }
  }

  /**
   * The payment, if its own first command had concluded it already. A release only reads it then,
   * and a payment that was read does not know that its end is still to be logged.
   */
  private static Optional<Payment> ownConclusion(QueuedCommand<Keyed<BeginPayment.Result>> begin) {
    return begin.result()
                instanceof
                Keyed.First<BeginPayment.Result>(BeginPayment.Result.PaymentStored(Payment payment))
            && payment.concluded()
        ? Optional.of(payment)
        : Optional.empty();
  }

  /** The refusal, if the payment's own first command stored it under the key. */
  private static Optional<PaymentResult> ownRefusal(
      QueuedCommand<Keyed<BeginPayment.Result>> begin) {
    return begin.result()
            instanceof Keyed.First<BeginPayment.Result>(BeginPayment.Result.Refused refused)
        ? Optional.of(new PaymentResult.Refused(refused.problem()))
        : Optional.empty();
  }

  /**
   * Until when a release may be applied. A transaction that begins at the last moment has still
   * ended by {@code resolves_by}. A release that still waits then is left to recovery.
   */
  Deadline releaseLimit(PaymentOrder order) {
    return Deadline.after(
        order
            .deadline()
            .remaining()
            .plus(properties.resolveGrace())
            .minus(journal.longestTransaction()));
  }

  /** Whether the payment is certainly never recorded as failed. */
  private static boolean surelyUnrecorded(Release release, RuntimeException reason) {
    return switch (reason) {
      case CommitOutcomeUnknownException _ -> false;
      case ExpiredInQueueException _ -> true;
      case DeadlineExceededException _ -> release.giveUpRecord();
      default -> true;
    };
  }

  private PaymentResult notBegun(Failure failure) {
    return new PaymentResult.NotBegun(failure.problem());
  }

  /**
   * The result of a payment whose outcome is not known yet. After the grace any replica's sweep
   * ends it, and each of them looks once per interval.
   */
  PaymentResult unknown(PaymentOrder order, Exception reason) {
    log.warn("It is not known yet how payment {} ended: {}", text(order), reason.toString());
    Instant resolvesBy =
        clocks
            .later()
            .plus(order.deadline().remaining())
            .plus(properties.resolveGrace())
            .plus(properties.resolveInterval().multipliedBy(2));
    return new PaymentResult.Unknown(order, resolvesBy);
  }

  private static String text(PaymentOrder order) {
    return TypeId.format("pay", order.id());
  }
}
