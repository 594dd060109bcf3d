package io.quittance.payment.dependency;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.concurrency.DeadlineScope;
import io.quittance.concurrency.ScopeFailedException;
import io.quittance.concurrency.Subtask;
import io.quittance.journal.Command;
import io.quittance.journal.CommandOutcome;
import io.quittance.journal.Journal;
import io.quittance.journal.QueuedCommand;
import io.quittance.payment.PaymentProperties;
import io.quittance.payment.model.Failure;
import io.quittance.web.DependencyNames;
import io.quittance.web.Problem;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Runs a command as the subtask "ledger" of a scope, behind the breaker, and waits for its commit.
 * Thread-safe.
 */
@Component
public final class LedgerCall {

  private static final Logger log = LoggerFactory.getLogger(LedgerCall.class);

  private final Journal journal;
  private final Dependencies dependencies;
  private final PaymentProperties properties;

  LedgerCall(Journal journal, Dependencies dependencies, PaymentProperties properties) {
    this.journal = journal;
    this.dependencies = dependencies;
    this.properties = properties;
  }

  /**
   * Starts the subtask "ledger".
   *
   * @param decisive whether a result ends the wait for the other subtasks at once
   */
  public <R> Subtask<R> fork(DeadlineScope scope, QueuedCommand<R> command, Predicate<R> decisive) {
    return scope.fork(
        DependencyNames.LEDGER,
        dependencies
            .ledger()
            .<R>behindBreaker((limit, excuse) -> command.submitAndAwait(journal, limit, excuse)),
        decisive);
  }

  /**
   * Runs a command as the only subtask of its scope, and returns shortly after the scope's deadline
   * at the latest. An interrupt ends the wait and stays pending.
   */
  public <R> CommandOutcome<R> run(DeadlineScope scope, Command<R> command) {
    var queued = new QueuedCommand<>(command);
    try {
      return awaited(scope, queued);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new CommandOutcome.Unknown<>(e);
    }
  }

  private <R> CommandOutcome<R> awaited(DeadlineScope scope, QueuedCommand<R> queued)
      throws InterruptedException {
    try {
      Subtask<R> ledger = fork(scope, queued, _ -> false);
      scope.join();
      return new CommandOutcome.Committed<>(ledger.result());
    } catch (ScopeFailedException e) {
      return queued.outcomeAfter(e.first(), properties.answerGrace());
    } catch (DeadlineExceededException e) {
      return queued.outcomeAfter(e, properties.answerGrace());
    }
  }

  /** The problem of a command that was not applied. */
  public Problem problem(Throwable failure) {
    return switch (failure) {
      case CallNotPermittedException _ -> dependencies.ledger().refusal();
      case RejectedExecutionException _ -> Problem.overloaded();
      case DeadlineExceededException _, CancellationException _ ->
          Failure.deadlineExceeded().problem();
      case Throwable _ when Dependencies.ledgerIsToBlame(failure) ->
          Failure.unavailable(DependencyNames.LEDGER).problem();
      default -> {
        log.error("A command failed because of a bug, and was rolled back", failure);
        yield Failure.internal().problem();
      }
    };
  }
}
