package io.quittance.journal;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.Job;
import io.quittance.concurrency.WorkerPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The commands of some merchants, with two queues, each with a worker and a connection of its own.
 * Whatever has queued up in the first is applied in one transaction, in order of arrival. Its
 * worker never waits for an account: commands whose accounts are locked elsewhere step aside into
 * the second, {@link BusyAccounts}. Thread-safe.
 */
final class Lane {

  /** A transaction that takes longer says that the database is in trouble. */
  private static final long STALLED_AFTER_NANOS = Duration.ofSeconds(1).toNanos();

  private static final int BATCHES_REMEMBERED = 8;

  /**
   * Under load, a lane waits so long for more commands: fewer transactions leave more of the
   * processors to everything else. A transaction takes two to three times as long.
   */
  private static final Duration LINGER = Duration.ofNanos(1_500_000);

  /** A lane that took as many commands at once just now is under load. */
  private static final int LOADED_FROM = 8;

  private static final long JUST_NOW_NANOS = Duration.ofMillis(100).toNanos();

  /** A lane that takes as many, or has them waiting, has nothing to gain. */
  private static final int ENOUGH = 24;

  /** How long commands that give way wait for others to go with. */
  private static final Duration DEFER_MAX = Duration.ofMillis(5);

  /** They do so if one that is of no batch came within this time. */
  private static final long OTHERS_SEEN_NANOS = Duration.ofSeconds(1).toNanos();

  private final DatabaseTime databaseTime = new DatabaseTime();
  private final Bisection bisection;
  private final BusyAccounts busyAccounts;
  private final WorkerPool<Command<?>, Object> pool;
  private volatile long batchStartedNanos;

  /** What the database had taken when the batch was begun. */
  private volatile long databaseNanosBefore;

  private volatile boolean working;
  private volatile int lastBatch;
  private volatile long otherNanos = System.nanoTime() - OTHERS_SEEN_NANOS;

  /** A moving average; like the first three it is written by the one worker only. */
  private volatile long batchNanos;

  /**
   * @param number from 1
   * @param capacity commands that may wait for their turn, and as many for busy accounts
   */
  Lane(int number, Transactions transactions, int capacity, int maxBatch, MeterRegistry registry) {
    Counter halved =
        Counter.builder("quittance.journal.halved")
            .description("Batches that failed and were tried in halves")
            .register(registry);
    this.bisection = new Bisection(transactions, halved, databaseTime);
    this.busyAccounts =
        new BusyAccounts(
            "journal-busy-" + number,
            new Bisection(transactions, halved, new DatabaseTime()),
            capacity,
            maxBatch,
            registry);
    this.pool =
        WorkerPool.<Command<?>, Object>named("journal-" + number, this::work)
            .capacity(capacity)
            .maxBatch(maxBatch)
            .linger(this::linger)
            .deferrable(Command::isDeferrable, this::deferFor)
            .start(registry);
  }

  private Duration linger() {
    int last = lastBatch;
    boolean loaded = last >= LOADED_FROM && System.nanoTime() - batchStartedNanos < JUST_NOW_NANOS;
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

  /** Commands that wait for their turn, or for an account. */
  int waiting() {
    return pool.depth() + busyAccounts.waiting();
  }

  /**
   * Whether the database has kept the current batch waiting for unreasonably long. A command that
   * takes long to decide is no fault of the database, and none that other merchants' calls count.
   */
  boolean stalled() {
    return working && databaseTime.nanos() - databaseNanosBefore > STALLED_AFTER_NANOS;
  }

  /** How long a command that came now would take, queue and all, as far as can be told. */
  Duration expectedTime() {
    boolean busy = working;
    long sinceStart = System.nanoTime() - batchStartedNanos;
    if (!busy && sinceStart > STALLED_AFTER_NANOS) {
      return Duration.ZERO;
    }
    long running = busy ? sinceStart : 0;
    return Duration.ofNanos(Math.max(running, pool.backlog().toNanos()) + batchNanos);
  }

  private void work(List<Job<Command<?>, Object>> jobs) {
    lastBatch = jobs.size();
    List<Job<Command<?>, Object>> free = stepAside(jobs);
    if (free.isEmpty()) {
      return;
    }
    long startedNanos = System.nanoTime();
    for (List<Job<Command<?>, Object>> together : bisection.divide(free)) {
      batchStartedNanos = System.nanoTime();
      databaseNanosBefore = databaseTime.nanos();
      working = true;
      try {
        bisection.apply(together, null).forEach(this::letWait);
      } finally {
        working = false;
      }
    }
    remember(System.nanoTime() - startedNanos);
  }

  /** Queues each command whose accounts have waiting commands behind those; returns the others. */
  private List<Job<Command<?>, Object>> stepAside(List<Job<Command<?>, Object>> jobs) {
    var free = new ArrayList<Job<Command<?>, Object>>(jobs.size());
    for (Job<Command<?>, Object> job : jobs) {
      Set<AccountKey> busy = busyAccounts.busy(AccountKey.of(job.item()));
      if (busy.isEmpty()) {
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
   * How long a stalled batch took does not predict the next one: if it counted, it would refuse the
   * very requests that show that the stall is over.
   */
  private void remember(long nanos) {
    batchNanos =
        nanos > STALLED_AFTER_NANOS ? 0 : batchNanos + (nanos - batchNanos) / BATCHES_REMEMBERED;
  }

  /** Finishes what is queued, then stops. */
  void close() {
    pool.close();
    busyAccounts.close();
  }
}
