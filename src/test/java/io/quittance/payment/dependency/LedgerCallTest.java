package io.quittance.payment.dependency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineScope;
import io.quittance.concurrency.DeadlineScopes;
import io.quittance.concurrency.Ticker;
import io.quittance.journal.Command;
import io.quittance.journal.CommandOutcome;
import io.quittance.journal.Journal;
import io.quittance.journal.TransactionTooLongException;
import io.quittance.payment.PaymentProperties;
import io.quittance.testing.Proves;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is told of a command at its deadline. */
class LedgerCallTest {

  private static final Duration GRACE = Duration.ofSeconds(20);

  private final Journal journal = mock(Journal.class);
  private final Command<String> command = mock();
  private final CompletableFuture<String> committed = new CompletableFuture<>();
  private final DeadlineScopes scopes =
      new DeadlineScopes(new SimpleMeterRegistry(), Clock.systemUTC());
  private final Dependencies dependencies = mock(Dependencies.class);
  private final PaymentProperties properties = mock(PaymentProperties.class);
  private final CircuitBreaker breaker =
      CircuitBreaker.of(
          "ledger", CircuitBreakerConfig.custom().permittedNumberOfCallsInHalfOpenState(1).build());
  private final LedgerCall call = new LedgerCall(journal, dependencies, properties);

  @BeforeEach
  void queue() {
    when(command.merchantId()).thenReturn(new UUID(0, 1));
    when(journal.<String>submit(any(), any())).thenReturn(committed);
    when(properties.answerGrace()).thenReturn(GRACE);
    when(dependencies.ledger())
        .thenReturn(new Dependency(breaker, GRACE, _ -> false, null, Ticker.SYSTEM, GRACE));
  }

  private CommandOutcome<String> run() {
    return run(Duration.ofMillis(30));
  }

  private CommandOutcome<String> run(Duration budget) {
    try (DeadlineScope scope = scopes.open("test", Deadline.after(budget))) {
      return call.run(scope, command);
    }
  }

  /** Nobody waits for what will not be applied any more. */
  @Test
  void saysAtOnceThatNothingWasAppliedWhileItWasQueued() {
    long startedNanos = System.nanoTime();

    assertThat(run()).isInstanceOf(CommandOutcome.NotApplied.class);
    assertThat(Duration.ofNanos(System.nanoTime() - startedNanos)).isLessThan(GRACE);
  }

  /** A breaker that is half-open lets few calls through, and waits for the end of each. */
  @Test
  void holdsNoCallOfTheBreakerWhileItWaitsForALock() throws Exception {
    breaker.transitionToOpenState();
    breaker.transitionToHalfOpenState();
    when(journal.<String>submit(any(), any()))
        .then(
            submitted -> {
              submitted.getArgument(0, Command.class).onBlocked();
              assertThat(breaker.tryAcquirePermission()).isTrue();
              committed.complete("done");
              return committed;
            });

    assertThat(run()).isEqualTo(new CommandOutcome.Committed<>("done"));
    assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.HALF_OPEN);
  }

  /** A large batch, or a payer of whom too much is to be read: the database was well. */
  @Test
  @Proves({"one request is so large", "a velocity rule has to look at more"})
  void blamesNobodyForWhatIsTooLargeForATransaction() {
    when(dependencies.ledger())
        .thenReturn(new Dependency(breaker, Duration.ZERO, _ -> true, null, Ticker.SYSTEM, GRACE));
    committed.completeExceptionally(new TransactionTooLongException(null, null));

    var end = (CommandOutcome.NotApplied<String>) run(GRACE);

    Problem problem = call.problem(end.failure());
    assertThat(problem.code()).isEqualTo(ProblemCode.OVERLOADED);
    assertThat(problem.saysNothingHappened()).isTrue();
    assertThat(breaker.getMetrics().getNumberOfBufferedCalls()).isZero();
  }

  /** It came to its end just after its deadline: that is why, and not the time. */
  @Test
  void tellsWhyTheCommandItselfFailed() {
    var refused = new IllegalArgumentException("refused");
    when(journal.stalled(any()))
        .then(
            _ -> {
              committed.completeExceptionally(refused);
              return false;
            });

    assertThat(run()).isEqualTo(new CommandOutcome.NotApplied<>(refused));
  }
}
