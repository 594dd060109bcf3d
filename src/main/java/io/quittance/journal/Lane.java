package io.quittance.journal;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.pool.Job;
import io.quittance.concurrency.pool.WorkerPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Applies the commands of some merchants. It has two queues, each with its own worker and
 * connection. The commands that have queued up in the first are applied in one transaction; when
 * they are too many for one, merchants take turns. Its worker never waits for an account: commands
 * whose accounts are locked by other transactions, and kinds that most likely wait for another
 * lock, move to the second queue, {@link BusyAccounts}. Thread-safe.
 */
final class Lane {

  /** A transaction that takes longer means that the database has a problem. */
  private static final long STALLED_AFTER_NANOS = Duration.ofSeconds(1).toNanos();

  private static final int AVERAGED_OVER = 8;

  /**
   * How long a lane under load waits for more commands: fewer transactions leave more processor
   * time to everything else. A transaction takes two to three times as long.
   */
  private static final Duration LINGER = Duration.ofNanos(1_500_000);

  /** A lane that has just taken this many commands at once is under load. */
  private static final int LOADED_FROM = 8;

  private static final long JUST_NOW_NANOS = Duration.ofMillis(100).toNanos();

  /** A lane that takes this many, or has them waiting, gains nothing from waiting. */
  private static final int ENOUGH = 24;

  /** How long deferrable commands wait for others, to share a transaction. */
  private static final Duration DEFER_MAX = Duration.ofMillis(5);

  /** They wait only if a command outside of payment batches came within this time. */
  private static final long OTHERS_SEEN_NANOS = Duration.ofSeconds(1).toNanos();

  private final DatabaseTime databaseTime = new DatabaseTime();
  private final GroupCommit groupCommit;
  private final BusyAccounts busyAccounts;
  private final WorkerPool<Command<?>, Object> pool;

  /** When a command outside of payment batches last came. */
  private volatile long otherNanos = System.nanoTime() - OTHERS_SEEN_NANOS;

  // Only the worker writes the following fields.

  private volatile long transactionStartedNanos;

  /** What the database had taken when the transaction began. */
  private volatile long databaseNanosBefore;

  private volatile boolean working;
  private volatile int lastTaken;

  /** The moving average of a transaction's time. */
  private volatile long averageNanos;

  /**
   * @param number from 1
   * @param capacity how many commands may wait for their turn, and as many again for busy accounts
   */
  Lane(int number, Transactions transactions, int capacity, int maxBatch, MeterRegistry registry) {
    var meters = new JournalMeters(registry);
    this.groupCommit = new GroupCommit(transactions, meters, databaseTime);
    this.busyAccounts =
        new BusyAccounts(
            "journal-busy-" + number,
            new GroupCommit(transactions, meters, new DatabaseTime()),
            capacity,
            maxBatch,
            registry);
    this.pool =
        WorkerPool.<Command<?>, Object>named("journal-" + number, this::work)
            .capacity(capacity)
            .maxBatch(maxBatch)
            .inTurns(Command::merchantId)
            .maxBatchWeight(TransactionWeight.MAX, Command::weight)
            .linger(this::linger)
            .deferrable(Command::isDeferrable, this::deferFor)
            .start(registry);
  }

  private Duration linger() {
    int last = lastTaken;
    boolean loaded =
        last >= LOADED_FROM && System.nanoTime() - transactionStartedNanos < JUST_NOW_NANOS;
    return loaded && last < ENOUGH && pool.depth() < ENOUGH ? LINGER : Duration.ZERO;
  }

  private Duration deferFor() {
    return System.nanoTime() - otherNanos < OTHERS_SEEN_NANOS ? DEFER_MAX : Duration.ZERO;
  }

  CompletableFuture<Object> submit(Command<?> command, Deadline deadline) {
    note(command);
    return pool.submit(command, deadline);
  }

  CompletableFuture<Object> submitWhenRoom(Command<?> command, Deadline deadline)
      throws InterruptedException {
    note(command);
    return pool.submitWhenRoom(command, deadline);
  }

  private void note(Command<?> command) {
    if (!command.ofPaymentBatch()) {
      otherNanos = System.nanoTime();
    }
  }

  /** How many commands wait for their turn or for an account. */
  int waiting() {
    return pool.depth() + busyAccounts.waiting();
  }

  /**
   * Whether the database has kept the current transaction waiting for unusually long. A command
   * that takes long to decide does not count: the database is well.
   */
  boolean stalled() {
    return working && databaseTime.nanos() - databaseNanosBefore > STALLED_AFTER_NANOS;
  }

  /** As {@link #expectedTime}, of the merchant that waits longest. */
  Duration longestExpectedTime() {
    return expectedAfter(pool.backlog());
  }

  /** An estimate of how long a new command of this merchant would take, including the queue. */
  Duration expectedTime(UUID merchantId) {
    return expectedAfter(pool.backlog(merchantId));
  }

  private Duration expectedAfter(Duration backlog) {
    boolean busy = working;
    long sinceStart = System.nanoTime() - transactionStartedNanos;
    if (!busy && sinceStart > STALLED_AFTER_NANOS) {
      return Duration.ZERO;
    }
    long running = busy ? sinceStart : 0;
    return Duration.ofNanos(Math.max(running, backlog.toNanos()) + averageNanos);
  }

  private void work(List<Job<Command<?>, Object>> jobs) {
    lastTaken = jobs.size();
    List<Job<Command<?>, Object>> free = stepAside(jobs);
    if (free.isEmpty()) {
      return;
    }
    long startedNanos = System.nanoTime();
    for (List<Job<Command<?>, Object>> together : groupCommit.groups(free)) {
      transactionStartedNanos = System.nanoTime();
      databaseNanosBefore = databaseTime.nanos();
      working = true;
      try {
        groupCommit.apply(together, null).forEach(this::letWait);
      } finally {
        working = false;
      }
    }
    remember(System.nanoTime() - startedNanos);
  }

  /**
   * Queues each command whose accounts others already wait for, or that most likely has to wait for
   * something else; returns the other commands.
   */
  private List<Job<Command<?>, Object>> stepAside(List<Job<Command<?>, Object>> jobs) {
    var free = new ArrayList<Job<Command<?>, Object>>(jobs.size());
    for (Job<Command<?>, Object> job : jobs) {
      Set<AccountKey> busy = busyAccounts.busy(AccountKey.of(job.item()));
      if (busy.isEmpty() && !busyAccounts.suspects(job.item())) {
        free.add(job);
      } else {
        job.item().onBlocked();
        letWait(WaitingCommand.forLocks(job, busy));
      }
    }
    return free;
  }

  private void letWait(WaitingCommand command) {
    command.job().defer();
    busyAccounts.add(command);
  }

  /**
   * A stalled transaction does not count, because it does not predict the next one: it would refuse
   * the very requests that show that the stall is over.
   */
  private void remember(long nanos) {
    averageNanos =
        nanos > STALLED_AFTER_NANOS ? 0 : averageNanos + (nanos - averageNanos) / AVERAGED_OVER;
  }

  /** Finishes what is queued, then stops. */
  void close() {
    pool.close();
    busyAccounts.close();
  }
}
