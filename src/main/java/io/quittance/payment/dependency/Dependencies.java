package io.quittance.payment.dependency;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.concurrency.Ticker;
import io.quittance.fraud.ScreeningRefusedException;
import io.quittance.fraud.UnreadableRulesException;
import io.quittance.journal.CommitOutcomeUnknownException;
import io.quittance.journal.DatabaseUnavailableException;
import io.quittance.payment.FaultPoint;
import io.quittance.payment.PaymentProperties;
import io.quittance.web.DeadlineProperties;
import io.quittance.web.DependencyNames;
import java.io.IOException;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * The dependencies of a payment, each behind its breaker. The breakers are configured by
 * Resilience4j's own properties.
 */
@Component
public final class Dependencies {

  private static final int OLDER_MAX_MS = 1_000;

  private final Dependency fraud;
  private final Dependency ledger;
  private final Dependency notification;

  Dependencies(
      CircuitBreakerRegistry breakers,
      PaymentProperties properties,
      DeadlineProperties deadlines,
      ObjectProvider<FaultPoint> faultPoint) {
    FaultPoint faults = faultPoint.getIfAvailable();
    Duration fair = properties.fairBudget();
    Duration older = Duration.ofMillis(Math.min(OLDER_MAX_MS, deadlines.defaultMs() / 2));
    fraud =
        new Dependency(
            breakers.circuitBreaker(DependencyNames.FRAUD),
            fair,
            Dependencies::screeningIsToBlame,
            faults,
            Ticker.SYSTEM,
            older);
    ledger =
        new Dependency(
            breakers.circuitBreaker(DependencyNames.LEDGER),
            fair,
            Dependencies::ledgerIsToBlame,
            faults,
            Ticker.SYSTEM,
            older);
    notification =
        new Dependency(
            breakers.circuitBreaker(DependencyNames.NOTIFICATION),
            fair,
            failure -> true,
            faults,
            Ticker.SYSTEM,
            older);
  }

  /**
   * Whether screening may fail for all payments, and not only because of one merchant's rules or
   * one payment.
   */
  private static boolean screeningIsToBlame(Throwable failure) {
    return !(failure instanceof UnreadableRulesException
        || failure instanceof ScreeningRefusedException);
  }

  /**
   * Whether a command failed because of the database or the connection to it, and not by its own
   * fault.
   */
  public static boolean ledgerIsToBlame(Throwable failure) {
    return failure instanceof DatabaseUnavailableException
        || failure instanceof CommitOutcomeUnknownException
        || failure instanceof DeadlineExceededException
        || failure instanceof IOException;
  }

  public Dependency fraud() {
    return fraud;
  }

  public Dependency ledger() {
    return ledger;
  }

  Dependency notification() {
    return notification;
  }

  /** The state of the breaker that guards a subtask; any other subtask is behind the ledger's. */
  public String breakerOf(String subtask) {
    return switch (subtask) {
      case DependencyNames.FRAUD -> fraud.breakerState();
      case DependencyNames.NOTIFICATION -> notification.breakerState();
      default -> ledger.breakerState();
    };
  }
}
