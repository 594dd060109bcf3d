package io.quittance.ledger.change;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.journal.Command;
import io.quittance.journal.CommandOutcome;
import io.quittance.journal.DatabaseUnavailableException;
import io.quittance.journal.Journal;
import io.quittance.journal.QueuedCommand;
import io.quittance.web.AnswerMark;
import io.quittance.web.CommitMark;
import io.quittance.web.DeadlineProperties;
import io.quittance.web.DependencyNames;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.RequestContext;
import io.quittance.web.ResolvesBy;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Submits a command to the journal and waits for its result. Thread-safe. */
@Component
final class LedgerCommands {

  private static final Logger log = LoggerFactory.getLogger(LedgerCommands.class);

  private final Journal journal;
  private final ResolvesBy resolvesBy;
  private final Duration budget;
  private final Duration answerGrace;

  /**
   * @param answerGrace how long after its deadline a command that has started is waited for
   */
  LedgerCommands(
      Journal journal,
      ResolvesBy resolvesBy,
      DeadlineProperties deadlines,
      @Value("${quittance.payment.answer-grace:500ms}") Duration answerGrace) {
    this.journal = journal;
    this.resolvesBy = resolvesBy;
    this.budget = Duration.ofMillis(deadlines.defaultMs());
    this.answerGrace = answerGrace;
  }

  /** The deadline by which a command of this request must start. */
  Deadline deadline(HttpServletRequest request) {
    AnswerMark.granted(budget);
    return Deadline.startingAt(RequestContext.of(request).arrivedNanos(), budget);
  }

  /**
   * The result of the command, after its commit.
   *
   * @param advice what the caller can do when it is not known whether it took effect
   * @throws Problem {@code overloaded}, {@code dependency_unavailable} or {@code
   *     deadline_exceeded}: certainly not applied, unless its outcome is unknown
   */
  <R> R execute(Command<R> command, Deadline deadline, String advice) {
    return switch (new QueuedCommand<>(command).run(journal, deadline, answerGrace)) {
      case CommandOutcome.Committed<R>(R result) -> {
        CommitMark.set();
        yield result;
      }
      case CommandOutcome.NotApplied<R>(Throwable failure) -> throw problem(failure);
      case CommandOutcome.Unknown<R>(InterruptedException _) ->
          throw unknown("The service is stopping; " + advice, deadline);
      case CommandOutcome.Unknown<R> _ ->
          throw unknown(
              "It is not known yet whether the change was committed; " + advice, deadline);
    };
  }

  private static Problem problem(Throwable failure) {
    return switch (failure) {
      case RejectedExecutionException _ -> Problem.overloaded();
      case DeadlineExceededException _, CancellationException _ ->
          Problem.of(
              ProblemCode.DEADLINE_EXCEEDED,
              "The deadline passed before the change was made; nothing was changed.");
      case DatabaseUnavailableException _ ->
          Problem.of(
                  ProblemCode.DEPENDENCY_UNAVAILABLE,
                  "The database is not available; nothing was changed.")
              .dependency(DependencyNames.LEDGER);
      default -> {
        log.error("A command failed because of a bug, and was rolled back", failure);
        yield Problem.of(ProblemCode.INTERNAL_ERROR);
      }
    };
  }

  private Problem unknown(String detail, Deadline deadline) {
    return Problem.of(ProblemCode.DEADLINE_EXCEEDED, detail + ".")
        .unknownUntil(resolvesBy.after(deadline.remaining()));
  }
}
