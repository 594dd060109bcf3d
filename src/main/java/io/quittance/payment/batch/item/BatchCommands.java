package io.quittance.payment.batch.item;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineScope;
import io.quittance.concurrency.DeadlineScopes;
import io.quittance.journal.Command;
import io.quittance.journal.CommandOutcome;
import io.quittance.payment.dependency.LedgerCall;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.ResolvesBy;
import io.quittance.web.TypeId;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Submits commands on a whole batch to the journal, behind the ledger's breaker, and waits for
 * their results. Thread-safe.
 */
@Component
public final class BatchCommands {

  private static final Logger log = LoggerFactory.getLogger(BatchCommands.class);

  private final DeadlineScopes scopes;
  private final LedgerCall ledger;
  private final ResolvesBy resolvesBy;

  BatchCommands(DeadlineScopes scopes, LedgerCall ledger, ResolvesBy resolvesBy) {
    this.scopes = scopes;
    this.ledger = ledger;
    this.resolvesBy = resolvesBy;
  }

  /**
   * The result of the command, after its commit.
   *
   * @param batchId of the batch that the command is on
   * @throws AllOrNone.Refused thrown by the command's {@code decide}
   * @throws Problem {@code overloaded}, {@code dependency_unavailable}, {@code deadline_exceeded}
   *     or {@code internal_error}: certainly not applied, unless its outcome is unknown
   */
  public <R> R execute(UUID batchId, Command<R> command, Deadline deadline) {
    return execute(batchId, command, deadline, deadline);
  }

  /**
   * As {@link #execute(UUID, Command, Deadline)}, for a command that starts a run.
   *
   * @param run the deadline of the run; if the outcome is unknown here, another replica may carry
   *     it out
   */
  public <R> R execute(UUID batchId, Command<R> command, Deadline deadline, Deadline run) {
    CommandOutcome<R> end;
    try (DeadlineScope scope = scopes.open("batch", deadline)) {
      end = ledger.run(scope, command);
    }
    return switch (end) {
      case CommandOutcome.Committed<R>(R result) -> result;
      case CommandOutcome.NotApplied<R>(AllOrNone.Refused refused) -> throw refused;
      case CommandOutcome.NotApplied<R>(Throwable failure) -> throw ledger.problem(failure);
      case CommandOutcome.Unknown<R>(Exception reason) -> throw unknown(batchId, run, reason);
    };
  }

  private Problem unknown(UUID batchId, Deadline latestEnd, Exception reason) {
    log.warn(
        "It is not known yet whether a command on batch {} was committed: {}",
        TypeId.format("bat", batchId),
        reason.toString());
    return Problem.of(
            ProblemCode.DEADLINE_EXCEEDED,
            "It is not known yet whether the request was committed; repeat it with the same key.")
        .unknownUntil(resolvesBy.after(latestEnd.remaining()));
  }
}
