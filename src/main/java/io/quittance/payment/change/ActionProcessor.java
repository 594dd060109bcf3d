package io.quittance.payment.change;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineScope;
import io.quittance.concurrency.DeadlineScopes;
import io.quittance.concurrency.ScopeReport;
import io.quittance.idempotency.KeyTakenException;
import io.quittance.idempotency.Keyed;
import io.quittance.idempotency.KeyedCommand;
import io.quittance.journal.CommandOutcome;
import io.quittance.ledger.Refusal;
import io.quittance.payment.PaymentProperties;
import io.quittance.payment.dependency.DeliveryTrigger;
import io.quittance.payment.dependency.Dependencies;
import io.quittance.payment.dependency.LedgerCall;
import io.quittance.payment.model.PaymentEndLog;
import io.quittance.payment.model.PaymentTerms;
import io.quittance.payment.timeline.TimelineScope;
import io.quittance.payment.timeline.Timelines;
import io.quittance.web.CommitMark;
import io.quittance.web.DependencyNames;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.ResolvesBy;
import io.quittance.web.TypeId;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Carries out actions of merchants on existing payments, each in its own deadline scope. A command
 * that has started is waited for beyond the deadline; no command starts after it. Thread-safe.
 */
@Component
final class ActionProcessor {

  private static final Logger log = LoggerFactory.getLogger(ActionProcessor.class);

  /** The result of an action for its caller. */
  sealed interface ActionResult<R> {

    /** It was committed or refused; the refusal is stored under the key. */
    record Decided<R>(ChangePayment.Result<R> result) implements ActionResult<R> {}

    /** Nothing was changed, and it is not known whether the key is taken. */
    record NotBegun<R>(Problem problem) implements ActionResult<R> {}

    /** The outcome is not known yet; it is known by {@code resolvesBy}. */
    record Unknown<R>(Instant resolvesBy) implements ActionResult<R> {}
  }

  /** An action's result, and the report of its scope. */
  record Carried<R>(ActionResult<R> result, ScopeReport report) {}

  private final DeadlineScopes scopes;
  private final LedgerCall ledger;
  private final Dependencies dependencies;
  private final DeliveryTrigger deliveryTrigger;
  private final Timelines timelines;
  private final ResolvesBy resolvesBy;

  ActionProcessor(
      DeadlineScopes scopes,
      LedgerCall ledger,
      Dependencies dependencies,
      DeliveryTrigger deliveryTrigger,
      Timelines timelines,
      ResolvesBy resolvesBy) {
    this.scopes = scopes;
    this.ledger = ledger;
    this.dependencies = dependencies;
    this.deliveryTrigger = deliveryTrigger;
    this.timelines = timelines;
    this.resolvesBy = resolvesBy;
  }

  /**
   * Carries the action out, and returns by its deadline plus {@link
   * PaymentProperties#answerGrace()}. An interrupt ends the wait; the outcome of a command that has
   * started is unknown then.
   *
   * @throws KeyTakenException another request holds the key
   */
  <R> Carried<R> carryOut(ChangePayment<R> change, Deadline deadline) {
    try (DeadlineScope scope = scopes.open(change.action().name(), deadline)) {
      ActionResult<R> result = run(scope, change);
      if (result instanceof ActionResult.Decided<R>(ChangePayment.Result.Done<R> done)) {
        PaymentEndLog.logIfUnsuccessful(done.payment());
        deliveryTrigger.run(scope, done.payment());
      }
      if (result instanceof ActionResult.Decided<R>(ChangePayment.Result.Refused<R> refused)) {
        PaymentEndLog.logIfUnsuccessful(refused.payment());
      }
      ScopeReport report = scope.report();
      PaymentTerms terms = change.seen().terms();
      timelines.record(terms.merchantId(), terms.id(), timeline(report, change.action(), result));
      return new Carried<>(result, report);
    }
  }

  private TimelineScope timeline(
      ScopeReport report, PaymentAction<?> action, ActionResult<?> result) {
    TimelineScope scope = TimelineScope.of(report, dependencies);
    return switch (result) {
      case ActionResult.Decided<?>(ChangePayment.Result.Refused<?>(Refusal refusal, _)) ->
          scope.declinedBy(DependencyNames.LEDGER, refusal.code());
      case ActionResult.Decided<?>(ChangePayment.Result.Done<?> _)
          when action instanceof Review review && !review.approve() ->
          scope.declinedBy(DependencyNames.LEDGER, ProblemCode.FRAUD_DECLINED);
      default -> scope;
    };
  }

  private <R> ActionResult<R> run(DeadlineScope scope, ChangePayment<R> change) {
    return switch (ledger.run(scope, new KeyedCommand<>(change.request(), change))) {
      case CommandOutcome.Committed<Keyed<ChangePayment.Result<R>>>(var result) -> {
        CommitMark.set();
        yield new ActionResult.Decided<>(result.orThrow());
      }
      case CommandOutcome.NotApplied<Keyed<ChangePayment.Result<R>>>(Throwable failure) ->
          new ActionResult.NotBegun<>(ledger.problem(failure));
      case CommandOutcome.Unknown<Keyed<ChangePayment.Result<R>>>(Exception reason) ->
          unknown(change, scope.deadline(), reason);
    };
  }

  private <R> ActionResult<R> unknown(
      ChangePayment<R> change, Deadline deadline, Exception reason) {
    log.warn(
        "It is not known yet whether the action {} on payment {} was committed: {}",
        change.action().name(),
        TypeId.format("pay", change.seen().terms().id()),
        reason.toString());
    return new ActionResult.Unknown<>(resolvesBy.after(deadline.remaining()));
  }
}
