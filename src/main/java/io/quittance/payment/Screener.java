package io.quittance.payment;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineScope;
import io.quittance.concurrency.Subtask;
import io.quittance.fraud.Fraud;
import io.quittance.fraud.RuleSet;
import io.quittance.fraud.Screening;
import java.util.function.UnaryOperator;
import org.springframework.stereotype.Component;

/** Screens payments behind the breaker, and falls back as the merchant's rules say. Thread-safe. */
@Component
final class Screener {

  private final Fraud fraud;
  private final Dependencies dependencies;

  Screener(Fraud fraud, Dependencies dependencies) {
    this.fraud = fraud;
    this.dependencies = dependencies;
  }

  /** Whether a remote service is asked about each payment. */
  boolean remote() {
    return fraud.remote();
  }

  /**
   * Starts the subtask "fraud".
   *
   * @param heard is told of the screening as soon as there is one
   */
  Subtask<Screening> fork(DeadlineScope scope, PaymentOrder order, UnaryOperator<Screening> heard)
      throws InterruptedException {
    RuleSet rules = fraud.rules(order.merchantId(), scope.deadline());
    return scope.fork(
        "fraud",
        fraud.limit(rules, scope.deadline()),
        limit -> heard.apply(screen(order, rules, limit)),
        failure -> heard.apply(fallback(order, rules, failure)));
  }

  private Screening screen(PaymentOrder order, RuleSet rules, Deadline limit) throws Exception {
    return dependencies.fraud().call(limit, left -> fraud.screen(order.subject(), rules, left));
  }

  private static Screening fallback(PaymentOrder order, RuleSet rules, Throwable failure)
      throws Exception {
    return rules
        .fallback()
        .screening(order.subject())
        .orElseThrow(() -> failure instanceof Exception e ? e : new IllegalStateException(failure));
  }
}
