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
import java.util.function.Supplier;

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

  /** A lane whose last transaction had as many commands is under load. */
  private static final int LOADED_FROM = 6;

  /** With as many, a transaction is worth its cost, and nothing is waited for. */
  private static final int ENOUGH = 24;

  private final Bisection bisection;
  private final BusyAccounts busyAccounts;
  private final WorkerPool<Command<?>, Object> pool;
  private volatile long batchStartedNanos;
  private volatile boolean working;
  private volatile int lastBatch;

  /** A moving average; like those above it is written by the one worker only. */
  private volatile long batchNanos;

  /**
   * @param number from 1
   * @param capacity commands that may wait for their turn, and as many for busy accounts
   * @param batchesGiveWayFor how long commands of batches of payments wait for others to be applied
   *     together with
   */
  Lane(
      int number,
      Transaction transaction,
      int capacity,
      int maxBatch,
      Supplier<Duration> batchesGiveWayFor,
      MeterRegistry registry) {
    this.bisection =
        new Bisection(
            new Retries(transaction),
            Counter.builder("quittance.journal.halved")
                .description("Batches that failed and were tried in halves")
                .register(registry),
            transaction.ofOneMerchant());
    this.busyAccounts =
        new BusyAccounts("journal-busy-" + number, bisection, capacity, maxBatch, registry);
    this.pool =
        WorkerPool.<Command<?>, Object>named("journal-" + number, this::work)
            .capacity(capacity)
            .maxBatch(maxBatch)
            .linger(this::linger)
            .givingWay(Command::ofPaymentBatch, batchesGiveWayFor)
            .start(registry);
  }

  private Duration linger() {
    int last = lastBatch;
    return last >= LOADED_FROM && last < ENOUGH ? LINGER : Duration.ZERO;
  }

  CompletableFuture<Object> submit(Command<?> command, Deadline deadline) {
    return pool.submit(command, deadline);
  }

  CompletableFuture<Object> submitWhenRoom(Command<?> command, Deadline deadline)
      throws InterruptedException {
    return pool.submitWhenRoom(command, deadline);
  }

  /** Commands that wait for their turn, or for an account. */
  int waiting() {
    return pool.depth() + busyAccounts.waiting();
  }

  /** Whether the database has kept the current batch waiting for unreasonably long. */
  boolean stalled() {
    return working && System.nanoTime() - batchStartedNanos > STALLED_AFTER_NANOS;
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
      working = true;
      try {
        bisection.apply(together, null).forEach(this::letWait);
      } finally {
        working = false;
      }
    }
    remember(System.nanoTime() - startedNanos);
  }

  /** Commands whose accounts others wait for already wait behind them; returns the others. */
  private List<Job<Command<?>, Object>> stepAside(List<Job<Command<?>, Object>> jobs) {
    var free = new ArrayList<Job<Command<?>, Object>>(jobs.size());
    for (Job<Command<?>, Object> job : jobs) {
      Set<AccountKey> busy = busyAccounts.busy(AccountKey.of(job.item()));
      if (busy.isEmpty()) {
        free.add(job);
      } else {
        letWait(new WaitingCommand(job, busy));
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
