package io.quittance.payment.create;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineScope;
import io.quittance.concurrency.DeadlineScopes;
import io.quittance.concurrency.ScopeReport;
import io.quittance.concurrency.Subtask;
import io.quittance.fraud.Screening;
import io.quittance.idempotency.Idempotency;
import io.quittance.idempotency.KeyTakenException;
import io.quittance.idempotency.Keyed;
import io.quittance.idempotency.KeyedCommand;
import io.quittance.journal.Journal;
import io.quittance.journal.QueuedCommand;
import io.quittance.payment.PaymentProperties;
import io.quittance.payment.dependency.DeliveryTrigger;
import io.quittance.payment.dependency.Dependencies;
import io.quittance.payment.dependency.LedgerCall;
import io.quittance.payment.model.Failure;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentEndLog;
import io.quittance.payment.model.PaymentOrder;
import io.quittance.payment.model.PaymentResult;
import io.quittance.payment.model.PaymentStatus;
import io.quittance.payment.timeline.TimelineScope;
import io.quittance.payment.timeline.Timelines;
import io.quittance.web.DependencyNames;
import io.quittance.web.ProblemCode;
import org.springframework.stereotype.Component;

/**
 * Carries out one payment in one scope: screens it and holds the funds in parallel, concludes the
 * payment, and triggers the delivery of its events. If something fails, {@link Compensation} ends
 * the payment and releases the hold. Thread-safe.
 */
@Component
public final class PaymentProcessor {

  /** A payment's result, and the report of its scope. */
  public record Processed(PaymentResult result, ScopeReport report) {}

  private final DeadlineScopes scopes;
  private final Screener screener;
  private final LedgerCall ledger;
  private final Journal journal;
  private final Dependencies dependencies;
  private final Compensation compensation;
  private final Timelines timelines;
  private final PaymentProperties properties;
  private final DeliveryTrigger deliveryTrigger;

  PaymentProcessor(
      DeadlineScopes scopes,
      Screener screener,
      LedgerCall ledger,
      Journal journal,
      Dependencies dependencies,
      Compensation compensation,
      Timelines timelines,
      PaymentProperties properties,
      DeliveryTrigger deliveryTrigger) {
    this.scopes = scopes;
    this.screener = screener;
    this.ledger = ledger;
    this.journal = journal;
    this.dependencies = dependencies;
    this.compensation = compensation;
    this.timelines = timelines;
    this.properties = properties;
    this.deliveryTrigger = deliveryTrigger;
  }

  /**
   * Before the request if a remote service screens: it must not screen a repetition as if it were
   * another payment.
   */
  Idempotency.LookupTiming lookupTiming() {
    return screener.remote()
        ? Idempotency.LookupTiming.BEFORE
        : Idempotency.LookupTiming.AFTERWARDS;
  }

  /**
   * Carries the payment out, and returns by its deadline plus {@link
   * PaymentProperties#answerGrace()}. An interrupt ends the wait; the outcome of a command that has
   * started is unknown then.
   *
   * @throws KeyTakenException another request holds the key
   */
  public Processed process(PaymentOrder order) {
    try (DeadlineScope scope = scopes.open("payment", order.deadline())) {
      PaymentResult result = run(scope, order);
      if (result instanceof PaymentResult.Concluded concluded) {
        PaymentEndLog.logIfUnsuccessful(concluded.payment());
        deliveryTrigger.run(scope, concluded.payment());
      }
      ScopeReport report = scope.report();
      timelines.record(order.merchantId(), order.id(), timeline(report, result));
      return new Processed(result, report);
    }
  }

  private TimelineScope timeline(ScopeReport report, PaymentResult result) {
    TimelineScope scope = TimelineScope.of(report, dependencies);
    return result instanceof PaymentResult.Concluded(Payment payment)
            && payment.status() == PaymentStatus.DECLINED
            && payment.failure() != null
        ? scope.declinedBy(decider(payment.failure()), payment.failure().problem().code())
        : scope;
  }

  private static String decider(Failure failure) {
    return failure.problem().code() == ProblemCode.FRAUD_DECLINED
        ? DependencyNames.FRAUD
        : DependencyNames.LEDGER;
  }

  private PaymentResult run(DeadlineScope scope, PaymentOrder order) {
    try {
      return holdAndConclude(scope, order);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return compensation.unknown(order, e);
    }
  }

  private PaymentResult holdAndConclude(DeadlineScope scope, PaymentOrder order)
      throws InterruptedException {
    // If screening has answered when the command's turn comes, one commit is all it takes.
    var slot = new ScreeningSlot();
    var begin = new BeginPayment(order, slot, properties.resolveGrace());
    var queued = new QueuedCommand<>(new KeyedCommand<>(order.request(), begin));
    try {
      Subtask<Screening> screening = screener.fork(scope, order, slot);
      Subtask<Keyed<BeginPayment.Result>> stored =
          ledger.fork(scope, queued, PaymentProcessor::decisive);
      scope.join();
      return switch (stored.result().orThrow()) {
        case BeginPayment.Result.Refused refused -> new PaymentResult.Refused(refused.problem());
        case BeginPayment.Result.PaymentStored(Payment payment) when payment.concluded() ->
            new PaymentResult.Concluded(payment);
        case BeginPayment.Result.PaymentStored(Payment payment) ->
            new PaymentResult.Concluded(
                applyVerdict(scope, new ApplyVerdict(payment, screening.result(), order)));
      };
    } catch (KeyTakenException | InterruptedException e) {
      throw e;
    } catch (Exception e) {
      return compensation.of(order, queued, e);
    }
  }

  /** Whether screening need not be waited for. */
  private static boolean decisive(Keyed<BeginPayment.Result> stored) {
    return !(stored instanceof Keyed.First<BeginPayment.Result>(var result)) || result.decisive();
  }

  /**
   * The deadline does not interrupt this: a command that has started is waited for until its
   * commit.
   */
  private Payment applyVerdict(DeadlineScope scope, ApplyVerdict command) throws Exception {
    return scope.step(
        "settle",
        deadline -> {
          var patience = Deadline.after(deadline.remaining().plus(properties.answerGrace()));
          return patience.await(journal.submitWhenRoom(command, deadline));
        });
  }
}
