package io.quittance.journal;

import io.quittance.concurrency.pool.ExpiredInQueueException;
import io.quittance.concurrency.pool.Job;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The commands that a transaction still has to apply, in order. It starts with all of them. Those
 * that have expired, fail by their own fault, or would have to wait for a lock are left out.
 * Confined to one thread.
 */
final class LiveCommands {

  private final List<Job<Command<?>, Object>> live;
  private final List<WaitingCommand> waiting = new ArrayList<>();

  LiveCommands(List<Job<Command<?>, Object>> jobs) {
    this.live = new ArrayList<>(jobs);
  }

  int size() {
    return live.size();
  }

  /** All commands, waiting for this account. */
  List<WaitingCommand> allWaitFor(AccountKey account) {
    return live.stream().map(job -> WaitingCommand.forLocks(job, Set.of(account))).toList();
  }

  /** The commands that were left out and wait for an account. */
  List<WaitingCommand> waiting() {
    return waiting;
  }

  /** Drops the commands whose deadline has passed; returns whether any is left. */
  boolean dropExpired() {
    live.removeIf(
        job -> {
          if (job.deadline().expired()) {
            job.fail(new ExpiredInQueueException("journal"));
          }
          return job.done();
        });
    return !live.isEmpty();
  }

  boolean anyExpired() {
    return live.stream().anyMatch(job -> job.deadline().expired());
  }

  /** The accounts of all commands. */
  Set<AccountKey> accounts() {
    return live.stream()
        .flatMap(job -> AccountKey.of(job.item()).stream())
        .collect(Collectors.toCollection(HashSet::new));
  }

  /**
   * Leaves out the commands of accounts that other transactions have locked; returns whether any is
   * left.
   */
  boolean leaveOut(Set<AccountKey> busy) {
    leaveOut(busy, _ -> false, WaitingCommand::forLocks);
    return !live.isEmpty();
  }

  /**
   * Leaves out the commands of accounts that need longer reads than others can wait for.
   *
   * @param stays which of these commands stay
   */
  void leaveOutToRead(Set<AccountKey> accounts, Predicate<Command<?>> stays) {
    leaveOut(accounts, stays, WaitingCommand::toRead);
  }

  private void leaveOut(
      Set<AccountKey> accounts,
      Predicate<Command<?>> stays,
      BiFunction<Job<Command<?>, Object>, Set<AccountKey>, WaitingCommand> as) {
    if (accounts.isEmpty()) {
      return;
    }
    live.removeIf(
        job -> {
          Set<AccountKey> own = AccountKey.of(job.item());
          own.retainAll(accounts);
          boolean out = !own.isEmpty() && !stays.test(job.item());
          if (out) {
            waiting.add(as.apply(job, own));
          }
          return out;
        });
  }

  /**
   * Lets each command announce its rows; false if one of them failed and was completed with its
   * error.
   */
  boolean prepare(UnitOfWork unit) {
    for (Job<Command<?>, Object> job : live) {
      try {
        job.item().onStarted();
        job.item().prepare(unit);
      } catch (RuntimeException | Error e) {
        FatalErrors.rethrow(e);
        job.fail(e);
        return false;
      }
    }
    return true;
  }

  /**
   * The result of each command, in order; none if one of them failed and was completed with its
   * error.
   */
  List<Object> decide(UnitOfWork unit) {
    var results = new ArrayList<Object>(live.size());
    for (Job<Command<?>, Object> job : live) {
      try {
        results.add(job.item().decide(unit));
      } catch (RuntimeException | Error e) {
        FatalErrors.rethrow(e);
        job.fail(e);
        return List.of();
      }
    }
    return results;
  }

  /** The largest number of accounts that one of the commands has. */
  int mostAccounts() {
    return live.stream().mapToInt(job -> job.item().accounts().size()).max().orElse(0);
  }

  /** Completes these commands with this error; returns how many they are. */
  int fail(Throwable error, Predicate<Command<?>> which) {
    List<Job<Command<?>, Object>> failed =
        live.stream().filter(job -> which.test(job.item())).toList();
    failed.forEach(job -> job.fail(error));
    return failed.size();
  }

  /** Completes each command with its result. */
  void complete(List<Object> results) {
    for (int i = 0; i < results.size(); i++) {
      live.get(i).succeed(results.get(i));
    }
  }
}
