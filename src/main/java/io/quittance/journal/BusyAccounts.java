package io.quittance.journal;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Ticker;
import io.quittance.concurrency.pool.Job;
import io.quittance.concurrency.pool.QueueFullException;
import io.quittance.concurrency.pool.WorkerPool;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Holds a lane's commands that wait for busy accounts: accounts that other transactions have
 * locked, or that need longer reads than others can wait for. The commands wait in order, each
 * until its deadline, while the lane continues with all others. A worker with its own connection
 * waits a short while for one account after the other, merchants in turns, and applies the commands
 * of accounts that have become free. It waits before it holds any lock, so it blocks nobody; and it
 * waits in the database's own queue, so that replicas which share an account take turns.
 *
 * <p>Commands that were blocked by a lock that is not an account's wait here as well, and are tried
 * one by one. Thread-safe.
 */
final class BusyAccounts {

  /**
   * Factor of the queue's capacity: twice, for commands that finish what others began, and twice
   * again, because commands that keep waiting are queued again before the worker is done with them.
   */
  private static final int ROOM = 4;

  /** What became of an entry's turn in the queue. */
  private enum Progress {
    DONE,
    QUEUED_AGAIN
  }

  private final GroupCommit groupCommit;
  private final WorkerPool<QueuedEntry, Progress> pool;
  private final WaitingRoom room;
  private final UnknownLocks unknownLocks;
  private final AtomicLong arrivals = new AtomicLong();
  private final int maxBatch;

  /** Used by the worker only. */
  private final FairOrder order = new FairOrder(Ticker.SYSTEM);

  /**
   * @param capacity how many commands may wait, besides those that finish what others began; those
   *     of one account may be a quarter of them
   */
  BusyAccounts(
      String name, GroupCommit groupCommit, int capacity, int maxBatch, MeterRegistry registry) {
    this.groupCommit = groupCommit;
    this.unknownLocks =
        new UnknownLocks(
            job -> groupCommit.apply(List.of(job), null),
            groupCommit.lockLimit(),
            maxBatch,
            arrivals::getAndIncrement,
            Ticker.SYSTEM);
    this.room = new WaitingRoom(name, capacity, registry);
    this.maxBatch = maxBatch;
    this.pool =
        WorkerPool.<QueuedEntry, Progress>named(name, this::work)
            .capacity(ROOM * capacity)
            .maxBatch(ROOM * capacity)
            .start(registry);
  }

  /**
   * The accounts among these that commands already wait for; another command that needs one queues
   * behind them.
   */
  Set<AccountKey> busy(Set<AccountKey> accounts) {
    return room.waitedFor(accounts);
  }

  /**
   * Whether this command most likely waits for a lock that is not an account's, and is to be tried
   * alone.
   */
  boolean suspects(Command<?> command) {
    return unknownLocks.suspects(command);
  }

  /**
   * Queues a command. It is refused if the queue is full, unless it finishes what another command
   * began: there are no more of these than payments under way.
   */
  void add(WaitingCommand command) {
    Command<?> item = command.job().item();
    if (!item.isFinishing() && room.fullFor(command, suspects(item))) {
      room.refused();
      command.job().fail(new QueueFullException(pool.name(), room.capacity()));
      return;
    }
    queue(new QueuedEntry(room, command, arrivals.getAndIncrement()));
  }

  private void queue(QueuedEntry entry) {
    try {
      var _ =
          pool.submit(entry, entry.waiting().job().deadline())
              .whenComplete((progress, error) -> completed(entry, progress, error));
    } catch (RejectedExecutionException e) {
      completed(entry, null, e);
    }
  }

  private static void completed(
      QueuedEntry entry, @Nullable Progress progress, @Nullable Throwable error) {
    if (progress != Progress.QUEUED_AGAIN) {
      entry.leave();
    }
    if (error != null) {
      entry.waiting().job().fail(error);
    }
  }

  /** How many commands wait here for a lock or a long read. */
  int waiting() {
    return room.commands();
  }

  private void work(List<Job<QueuedEntry, Progress>> jobs) {
    List<QueuedEntry> open =
        jobs.stream().map(Job::item).sorted(Comparator.comparingLong(QueuedEntry::number)).toList();
    if (accounts(open).size() > 1) {
      open = tried(open, waitsForAccounts(open), null);
      // Nobody is to wait behind these during a long turn.
      Set<QueuedEntry> still = Set.copyOf(open);
      jobs.stream()
          .filter(job -> !still.contains(job.item()))
          .forEach(job -> job.succeed(Progress.DONE));
    }
    AccountKey next = order.next(accounts(open));
    if (next != null) {
      long startedNanos = System.nanoTime();
      open = tried(open, waitsFor(open, next), next);
      order.recordTurn(next, Duration.ofNanos(System.nanoTime() - startedNanos));
    }
    open = unknownLocks.tried(open);
    open.forEach(this::queue);
    Set<QueuedEntry> still = Set.copyOf(open);
    jobs.forEach(
        job -> job.succeed(still.contains(job.item()) ? Progress.QUEUED_AGAIN : Progress.DONE));
  }

  private static Set<AccountKey> accounts(List<QueuedEntry> entries) {
    var accounts = new HashSet<AccountKey>();
    entries.forEach(entry -> accounts.addAll(entry.waiting().accounts()));
    return accounts;
  }

  /**
   * The entries that wait for accounts' locks. Suspects, and those of accounts with long reads, are
   * left out: they have the turns of their accounts.
   */
  private List<QueuedEntry> waitsForAccounts(List<QueuedEntry> entries) {
    Set<AccountKey> toRead =
        accounts(entries.stream().filter(entry -> entry.waiting().toRead()).toList());
    return FairOrder.inTurns(
        entries.stream()
            .filter(entry -> !entry.waiting().accounts().isEmpty())
            .filter(entry -> !suspects(entry.command()))
            .filter(entry -> Collections.disjoint(entry.waiting().accounts(), toRead))
            .toList(),
        QueuedEntry::merchantId,
        maxBatch);
  }

  /** What is applied once the account is free: no suspects, or one alone if it is the oldest. */
  private List<QueuedEntry> waitsFor(List<QueuedEntry> entries, AccountKey account) {
    List<QueuedEntry> all =
        entries.stream().filter(entry -> entry.waiting().accounts().contains(account)).toList();
    return suspects(all.getFirst().command())
        ? all.subList(0, 1)
        : all.stream().filter(entry -> !suspects(entry.command())).limit(maxBatch).toList();
  }

  /**
   * Applies some of the waiting commands, until a transaction has left some out: later ones may
   * need the same accounts. Returns all that still wait, in order.
   */
  private List<QueuedEntry> tried(
      List<QueuedEntry> all, List<QueuedEntry> some, @Nullable AccountKey awaited) {
    Map<Job<Command<?>, Object>, QueuedEntry> entries = new HashMap<>();
    some.forEach(entry -> entries.put(entry.waiting().job(), entry));
    var still = new HashSet<QueuedEntry>(all);
    for (List<Job<Command<?>, Object>> together :
        groupCommit.groups(some.stream().map(entry -> entry.waiting().job()).toList())) {
      List<WaitingCommand> left = groupCommit.apply(together, awaited);
      together.forEach(job -> still.remove(entries.get(job)));
      for (WaitingCommand waiting : left) {
        QueuedEntry entry = Objects.requireNonNull(entries.get(waiting.job()));
        entry.waitsNow(waiting);
        still.add(entry);
      }
      if (awaited != null || !left.isEmpty()) {
        break;
      }
    }
    return all.stream().filter(still::contains).toList();
  }

  void close() {
    pool.close();
  }
}
