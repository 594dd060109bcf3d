package io.quittance.payment.batch.item;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.concurrency.DeadlineScope;
import io.quittance.concurrency.DeadlineScopes;
import io.quittance.concurrency.ExpiredInQueueException;
import io.quittance.concurrency.ScopeFailedException;
import io.quittance.concurrency.Subtask;
import io.quittance.journal.Command;
import io.quittance.journal.FateUnknownException;
import io.quittance.journal.Journal;
import io.quittance.payment.PaymentProperties;
import io.quittance.payment.dependency.Dependencies;
import io.quittance.payment.dependency.QueuedCommand;
import io.quittance.payment.model.Failure;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.Resolution;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Gives the journal a command of a batch as a whole, behind the ledger's breaker, and waits for
 * what it decides. Thread-safe.
 */
@Component
public final class BatchCommands {

  private static final Logger log = LoggerFactory.getLogger(BatchCommands.class);

  private final DeadlineScopes scopes;
  private final Journal journal;
  private final Dependencies dependencies;
  private final PaymentProperties properties;
  private final Resolution resolution;

  BatchCommands(
      DeadlineScopes scopes,
      Journal journal,
      Dependencies dependencies,
      PaymentProperties properties,
      Resolution resolution) {
    this.scopes = scopes;
    this.journal = journal;
    this.dependencies = dependencies;
    this.properties = properties;
    this.resolution = resolution;
  }

  /**
   * What the command decided, after its commit.
   *
   * @param scope the scope's name in the metrics
   * @throws AllOrNone.Refused as the command's {@code decide} has thrown it
   * @throws Problem {@code overloaded}, {@code dependency_unavailable}, {@code deadline_exceeded}
   *     or {@code internal_error}: surely not applied, unless its outcome is unknown
   */
  public <R> R execute(String scope, Command<R> command, Deadline deadline) {
    var queued = new QueuedCommand<>(command);
    try (DeadlineScope opened = scopes.open(scope, deadline)) {
      return committed(opened, queued);
    } catch (ScopeFailedException e) {
      return afterFailure(queued, deadline, e.first());
    } catch (DeadlineExceededException e) {
      return afterFailure(queued, deadline, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unknown(deadline, e);
    }
  }

  private <R> R committed(DeadlineScope scope, QueuedCommand<R> queued)
      throws InterruptedException {
    Subtask<R> ledger =
        scope.fork(
            "ledger",
            limit -> dependencies.ledger().call(limit, left -> queued.committed(journal, left)));
    scope.join();
    return ledger.result();
  }

  /** What was begun is waited for a little longer, and its answer is the truth. */
  private <R> R afterFailure(QueuedCommand<R> queued, Deadline deadline, Throwable failure) {
    CompletableFuture<R> pending = queued.pending();
    if (pending == null) {
      throw problem(failure);
    }
    try {
      return Deadline.after(properties.answerGrace()).await(pending);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unknown(deadline, e);
    } catch (ExpiredInQueueException e) {
      throw Failure.deadlineExceeded().problem();
    } catch (DeadlineExceededException | FateUnknownException e) {
      throw unknown(deadline, e);
    } catch (AllOrNone.Refused e) {
      throw e;
    } catch (RuntimeException e) {
      throw problem(e);
    }
  }

  private Problem unknown(Deadline deadline, Exception reason) {
    log.warn("It is not known yet whether a batch was stored: {}", reason.toString());
    return Problem.of(
            ProblemCode.DEADLINE_EXCEEDED,
            "The batch was begun, and is not confirmed yet; repeat the request with the same key.")
        .unknownUntil(resolution.after(deadline.remaining()));
  }

  private Problem problem(Throwable failure) {
    return switch (failure) {
      case CallNotPermittedException _ ->
          Problem.of(ProblemCode.DEPENDENCY_UNAVAILABLE, "The circuit breaker of ledger is open.")
              .dependency("ledger")
              .retryAfter(dependencies.ledger().openFor());
      case RejectedExecutionException _ -> Problem.of(ProblemCode.OVERLOADED);
      case DeadlineExceededException _ -> Failure.deadlineExceeded().problem();
      case Throwable _ when Dependencies.ledgerIsToBlame(failure) ->
          Failure.unavailable("ledger").problem();
      default -> {
        log.error("A command of a batch failed because of a bug, and was rolled back", failure);
        yield Failure.internal().problem();
      }
    };
  }
}
