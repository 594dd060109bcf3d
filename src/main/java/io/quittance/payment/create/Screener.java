package io.quittance.payment.create;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.concurrency.DeadlineScope;
import io.quittance.concurrency.ScopeFailedException;
import io.quittance.concurrency.Subtask;
import io.quittance.fraud.Fraud;
import io.quittance.fraud.Rules;
import io.quittance.fraud.Screening;
import io.quittance.payment.dependency.Dependencies;
import io.quittance.payment.model.Failure;
import io.quittance.payment.model.PaymentOrder;
import io.quittance.web.DependencyNames;
import java.time.Duration;
import org.springframework.stereotype.Component;

/**
 * Screens payments behind the breaker, and applies the fallback of the merchant's rules if that
 * fails. A remote service gives its verdict here. The merchant's own rules are only read here,
 * before the subtask begins: {@link Conclusion} judges by them in the payment's transaction, where
 * the payer's history is exact. Thread-safe.
 */
@Component
public final class Screener {

  private final Fraud fraud;
  private final Dependencies dependencies;
  private final ReleaseTime releaseTime;

  Screener(Fraud fraud, Dependencies dependencies, ReleaseTime releaseTime) {
    this.fraud = fraud;
    this.dependencies = dependencies;
    this.releaseTime = releaseTime;
  }

  /** Whether a remote service screens each payment. */
  boolean remote() {
    return fraud.remote();
  }

  /**
   * Starts the subtask "fraud". It ends early enough to release the hold and answer the caller by
   * the scope's deadline.
   *
   * @param slot receives the screening as soon as there is one
   */
  public Subtask<Screening> fork(DeadlineScope scope, PaymentOrder order, ScreeningSlot slot)
      throws InterruptedException {
    Deadline deadline = scope.deadline();
    Rules rules = fraud.rules(order.merchantId(), deadline);
    Duration wanted = fraud.limit(rules, deadline);
    Duration left = deadline.remaining().minus(releaseTime.of(order));
    boolean cut = left.compareTo(wanted) < 0;
    return scope.fork(
        DependencyNames.FRAUD,
        cut ? left : wanted,
        dependencies
            .fraud()
            .behindBreaker(limit -> slot.put(fraud.screen(order.screeningRequest(), rules, limit))),
        failure -> slot.put(fallback(order, rules, cut ? late(failure) : failure)));
  }

  /** Why a scope failed that did nothing but screening. */
  public static Failure failure(ScopeFailedException screening) {
    return screening.first() instanceof ScreeningLateException
        ? Failure.deadlineExceeded()
        : Failure.unavailable(DependencyNames.FRAUD);
  }

  private static Throwable late(Throwable failure) {
    return failure instanceof DeadlineExceededException
        ? new ScreeningLateException(failure)
        : failure;
  }

  private static Screening fallback(PaymentOrder order, Rules rules, Throwable failure)
      throws Exception {
    return rules
        .fallback()
        .screening(order.screeningRequest())
        .orElseThrow(() -> failure instanceof Exception e ? e : new IllegalStateException(failure));
  }
}
