package io.quittance.journal;

import io.quittance.concurrency.pool.Job;
import io.quittance.database.SqlFailure;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits a group of commands in one transaction, and completes each of them whatever happens to
 * the transaction. If the database refuses the data, the group is bisected until only the command
 * with that data fails. A smaller group would not help against an unavailable database, a lock or a
 * commit with an unknown outcome. A group that takes too long is retried without the commands that
 * caused it. Confined to one worker.
 */
final class GroupCommit {

  private static final Logger log = LoggerFactory.getLogger(GroupCommit.class);

  private final Transactions transactions;
  private final Retries retries;
  private final JournalMeters meters;

  /**
   * @param time counts what the database takes
   */
  GroupCommit(Transactions transactions, JournalMeters meters, DatabaseTime time) {
    this.transactions = transactions;
    this.retries = new Retries(transactions, meters, time);
    this.meters = meters;
  }

  /** How long a statement waits for a lock. */
  Duration lockLimit() {
    return transactions.lockLimit();
  }

  /** As {@link Transactions#groups}. */
  Collection<List<Job<Command<?>, Object>>> groups(List<Job<Command<?>, Object>> jobs) {
    return transactions.groups(jobs);
  }

  /**
   * Applies the jobs in one transaction, and fails those that cannot be applied.
   *
   * @param awaited as in {@link Transactions#apply}
   * @return the commands that wait for locks of other transactions; all others are done
   */
  List<WaitingCommand> apply(List<Job<Command<?>, Object>> jobs, @Nullable AccountKey awaited) {
    List<WaitingCommand> waiting = tried(jobs, awaited);
    waiting.forEach(command -> command.job().item().onBlocked());
    return waiting;
  }

  private List<WaitingCommand> tried(
      List<Job<Command<?>, Object>> jobs, @Nullable AccountKey awaited) {
    try {
      return retries.apply(jobs, awaited);
    } catch (CommitOutcomeUnknownException e) {
      List<Job<Command<?>, Object>> leftOut = open(jobs);
      log.warn(
          "It is unknown whether {} commands were committed, and their callers are told so",
          jobs.size() - leftOut.size(),
          e);
      return leftOut.isEmpty() ? List.of() : apply(leftOut, awaited);
    } catch (SQLException | RuntimeException | Error e) {
      FatalErrors.rethrow(e);
      return afterFailure(open(jobs), awaited, e);
    }
  }

  private static List<Job<Command<?>, Object>> open(List<Job<Command<?>, Object>> jobs) {
    return jobs.stream().filter(job -> !job.done()).toList();
  }

  private List<WaitingCommand> afterFailure(
      List<Job<Command<?>, Object>> open, @Nullable AccountKey awaited, Throwable e) {
    if (SqlFailure.lockTimedOut(e)) {
      return open.stream().map(WaitingCommand::forUnknownLock).toList();
    }
    if (e instanceof TransactionTooLongException) {
      log.warn("Commands failed, and {} are retried without them: {}", open.size(), e.getMessage());
      return open.isEmpty() ? List.of() : apply(open, null);
    }
    if (unavailable(e)) {
      log.warn("The database is unavailable, {} commands failed: {}", open.size(), e.toString());
      var unavailable = new DatabaseUnavailableException("the database is unavailable", e);
      open.forEach(job -> job.fail(unavailable));
      return List.of();
    }
    if (open.size() <= 1) {
      log.warn(
          "A command failed and was rolled back ({}): {}",
          open.stream().map(job -> described(job.item())).findFirst().orElse("none is left"),
          e.toString());
      open.forEach(job -> job.fail(e));
      return List.of();
    }
    log.warn(
        "A group of {} commands failed and is retried in halves: {}", open.size(), e.toString());
    return halve(open, awaited);
  }

  private static String described(Command<?> command) {
    Object kind = command.kind();
    String name = kind instanceof Class<?> type ? type.getSimpleName() : kind.toString();
    return name + " of merchant " + command.merchantId();
  }

  private static boolean unavailable(Throwable e) {
    return e instanceof DatabaseUnavailableException || SqlFailure.unavailable(e);
  }

  private List<WaitingCommand> halve(
      List<Job<Command<?>, Object>> open, @Nullable AccountKey awaited) {
    meters.halved();
    var waiting = new ArrayList<WaitingCommand>();
    waiting.addAll(apply(open.subList(0, open.size() / 2), awaited));
    waiting.addAll(apply(open.subList(open.size() / 2, open.size()), awaited));
    return waiting;
  }
}
