package io.quittance.journal;

import static java.util.stream.Collectors.partitioningBy;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Job;
import io.quittance.concurrency.QueueFullException;
import io.quittance.concurrency.WorkerPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Holds a lane's commands that wait for busy accounts: accounts that other transactions have
 * locked, or that need longer reads than others can wait for. The commands wait in order, each
 * until its deadline, while the lane continues with all others. A worker with its own connection
 * waits a short while for one account after the other, merchants in turns, and applies the commands
 * of accounts that have become free. It waits before it holds any lock, so it blocks nobody; and it
 * waits in the database's own queue, so that replicas which share an account take turns.
 *
 * <p>Thread-safe.
 */
final class BusyAccounts {

  /** The commands of one account may take at most the queue's capacity divided by this. */
  private static final int PARTS = 4;

  /**
   * Factor of the queue's capacity: twice, for commands that finish what others began, and twice
   * again, because commands that keep waiting are queued again before the worker is done with them.
   */
  private static final int ROOM = 4;

  private final GroupCommit groupCommit;
  private final WorkerPool<QueuedEntry, Boolean> pool;
  private final Map<AccountKey, Integer> waitedFor = new ConcurrentHashMap<>();
  private final AtomicInteger waiting = new AtomicInteger();

  /** How many of them wait for something else than an account, or may do so. */
  private final AtomicInteger waitingForOther = new AtomicInteger();

  private final SuspectCommands suspects = new SuspectCommands(System::nanoTime);
  private final AtomicLong arrivals = new AtomicLong();
  private final int capacity;
  private final int maxBatch;

  /** Used by the worker only. */
  private final FairOrder order = new FairOrder();

  /**
   * @param capacity how many commands may wait, besides those that finish what others began; those
   *     of one account may be a quarter of them
   */
  BusyAccounts(
      String name, GroupCommit groupCommit, int capacity, int maxBatch, MeterRegistry registry) {
    this.groupCommit = groupCommit;
    this.capacity = capacity;
    this.maxBatch = maxBatch;
    this.pool =
        WorkerPool.<QueuedEntry, Boolean>named(name, this::work)
            .capacity(ROOM * capacity)
            .maxBatch(ROOM * capacity)
            .start(registry);
    Gauge.builder("quittance.journal.busy.accounts", waitedFor, Map::size)
        .description(
            "Accounts that commands wait for: locked elsewhere, or with much to be read about them")
        .tag("pool", name)
        .register(registry);
  }

  /**
   * The accounts among these that commands already wait for; another command that needs one queues
   * behind them.
   */
  Set<AccountKey> busy(Set<AccountKey> accounts) {
    if (!waitedFor.isEmpty()) {
      accounts.retainAll(waitedFor.keySet());
      return accounts;
    }
    return Set.of();
  }

  /**
   * Whether this command most likely waits for a lock that is not an account's; it had better queue
   * here than keep those waiting that share a transaction with it.
   */
  boolean suspects(Command<?> command) {
    return suspects.suspects(command);
  }

  /**
   * Queues a command. It is refused if the queue is full, unless it finishes what another command
   * began: there are no more of these than payments under way.
   */
  void add(WaitingCommand command) {
    boolean finishing = command.job().item() instanceof Journal.Finishing<?>;
    if (!finishing && (waiting.get() >= capacity || anyFull(command))) {
      command.job().fail(new QueueFullException(pool.name(), capacity));
      return;
    }
    queue(new QueuedEntry(command, arrivals.getAndIncrement()));
  }

  private boolean anyFull(WaitingCommand command) {
    return command.accounts().isEmpty()
        ? suspects(command.job().item()) && waitingForOther.get() >= part()
        : command.accounts().stream()
            .anyMatch(account -> waitedFor.getOrDefault(account, 0) >= part());
  }

  private int part() {
    return Math.max(1, capacity / PARTS);
  }

  private void queue(QueuedEntry entry) {
    count(entry.waiting(), 1);
    try {
      var _ =
          pool.submit(entry, entry.waiting().job().deadline())
              .whenComplete(
                  (_, error) -> {
                    count(entry.waiting(), -1);
                    if (error != null) {
                      entry.waiting().job().fail(error);
                    }
                  });
    } catch (RejectedExecutionException e) {
      count(entry.waiting(), -1);
      entry.waiting().job().fail(e);
    }
  }

  /** How many commands wait for an account. */
  int waiting() {
    return waiting.get();
  }

  private void count(WaitingCommand command, int change) {
    waiting.addAndGet(change);
    if (command.accounts().isEmpty()) {
      waitingForOther.addAndGet(change);
    }
    for (AccountKey account : command.accounts()) {
      waitedFor.merge(account, change, (n, more) -> n + more == 0 ? null : n + more);
    }
  }

  /**
   * Updates the accounts that the command waits for, so that no other command queues behind it for
   * the previous ones.
   */
  private void waitsNow(QueuedEntry entry, WaitingCommand now) {
    count(now, 1);
    count(entry.waiting(), -1);
    entry.waitsNow(now);
  }

  private void work(List<Job<QueuedEntry, Boolean>> jobs) {
    List<QueuedEntry> entries =
        jobs.stream().map(Job::item).sorted(Comparator.comparingLong(QueuedEntry::number)).toList();
    List<QueuedEntry> open = new ArrayList<>(entries);
    if (accounts(open).size() > 1) {
      open = tried(open, waitsForAccounts(open), null);
      release(jobs, open);
    }
    AccountKey next = order.next(accounts(open));
    if (next != null) {
      long startedNanos = System.nanoTime();
      open = tried(open, waitsFor(open, next), next);
      order.recordTurn(next, Duration.ofNanos(System.nanoTime() - startedNanos));
    }
    open = triedAlone(open);
    // Each job counts the accounts of its own entry, not those of a later one.
    open.forEach(entry -> queue(new QueuedEntry(entry.waiting(), entry.number())));
    jobs.forEach(job -> job.succeed(true));
  }

  /** Completes the jobs that were applied, so that nobody waits behind them during a long turn. */
  private static void release(List<Job<QueuedEntry, Boolean>> jobs, List<QueuedEntry> open) {
    Set<QueuedEntry> still = Set.copyOf(open);
    jobs.stream().filter(job -> !still.contains(job.item())).forEach(job -> job.succeed(true));
  }

  private static Set<AccountKey> accounts(List<QueuedEntry> entries) {
    var accounts = new HashSet<AccountKey>();
    entries.forEach(entry -> accounts.addAll(entry.waiting().accounts()));
    return accounts;
  }

  /**
   * The entries that wait for locks. Those of accounts with long reads are left out: these accounts
   * get turns of their own.
   */
  private List<QueuedEntry> waitsForAccounts(List<QueuedEntry> entries) {
    Set<AccountKey> toRead =
        accounts(entries.stream().filter(entry -> entry.waiting().toRead()).toList());
    return FairOrder.inTurns(
        entries.stream()
            .filter(entry -> !entry.waiting().accounts().isEmpty())
            .filter(entry -> Collections.disjoint(entry.waiting().accounts(), toRead))
            .toList(),
        entry -> entry.waiting().job().item().merchantId(),
        maxBatch);
  }

  private List<QueuedEntry> waitsFor(List<QueuedEntry> entries, AccountKey account) {
    return entries.stream()
        .filter(entry -> entry.waiting().accounts().contains(account))
        .limit(maxBatch)
        .toList();
  }

  /** Applies some of the waiting commands; returns all that still wait, in order. */
  private List<QueuedEntry> tried(
      List<QueuedEntry> all, List<QueuedEntry> some, @Nullable AccountKey awaited) {
    List<Job<Command<?>, Object>> jobs = some.stream().map(entry -> entry.waiting().job()).toList();
    var left = new ArrayList<WaitingCommand>();
    groupCommit.groups(jobs).forEach(together -> left.addAll(groupCommit.apply(together, awaited)));
    var still = new ArrayList<QueuedEntry>(all.size());
    for (QueuedEntry entry : all) {
      if (!some.contains(entry)) {
        still.add(entry);
      }
      for (WaitingCommand waiting : left) {
        if (waiting.job() == entry.waiting().job()) {
          waitsNow(entry, waiting);
          still.add(entry);
        }
      }
    }
    return still;
  }

  /**
   * Applies one by one the commands whose group was blocked by an unknown lock, those that are not
   * suspect first, until one is blocked again: it may be the cause, and goes to the end.
   */
  private List<QueuedEntry> triedAlone(List<QueuedEntry> all) {
    var open = new ArrayList<QueuedEntry>(all);
    for (QueuedEntry entry : withoutAccounts(all)) {
      Job<Command<?>, Object> job = entry.waiting().job();
      List<WaitingCommand> left = groupCommit.apply(List.of(job), null);
      open.remove(entry);
      if (!left.isEmpty()) {
        if (left.getFirst().accounts().isEmpty()) {
          suspects.blockedAlone(job.item());
        }
        open.add(new QueuedEntry(left.getFirst(), arrivals.getAndIncrement()));
        break;
      }
    }
    return open;
  }

  private List<QueuedEntry> withoutAccounts(List<QueuedEntry> all) {
    Map<Boolean, List<QueuedEntry>> bySuspicion =
        all.stream()
            .filter(entry -> entry.waiting().accounts().isEmpty())
            .collect(partitioningBy(entry -> suspects(entry.waiting().job().item())));
    return Stream.of(false, true).flatMap(suspect -> bySuspicion.get(suspect).stream()).toList();
  }

  void close() {
    pool.close();
  }
}
