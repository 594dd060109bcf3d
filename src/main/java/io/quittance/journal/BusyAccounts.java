package io.quittance.journal;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.Job;
import io.quittance.concurrency.QueueFullException;
import io.quittance.concurrency.WorkerPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where a lane's commands wait for accounts that other transactions have locked: in order, each
 * until its own deadline, while the lane goes on with all others. A worker with a connection of its
 * own waits for one account after the other, merchants in turns, a short while each, and applies
 * what has become free. It waits before it holds any lock, so it keeps nobody else waiting; and it
 * waits in the database's own queue, so that replicas which share an account take turns.
 *
 * <p>Here commands are tried alone, too, that may have kept a transaction waiting for something
 * else.
 *
 * <p>It is long because both are one queue and one worker: an account may be waited for by either.
 * Thread-safe.
 */
final class BusyAccounts {

  /** One account's commands may take one part in so many of the room, so that others find some. */
  private static final int PARTS = 4;

  /** As {@link #PARTS}, for one merchant's commands that are tried alone. */
  private static final int PARTS_OF_MERCHANTS = 2;

  /**
   * As many again for commands that finish what others began, and all of them twice: those that go
   * on waiting are queued again before they leave the worker's hands.
   */
  private static final int ROOM = 4;

  /** After it, each merchant has one more of its commands tried alone, until the next round. */
  private static final Duration ROUND = Duration.ofMillis(100);

  /**
   * A waiting command.
   *
   * @param number which it was in the order of arrival
   * @param triedAlone whether it was tried alone before, in vain
   */
  private record QueuedEntry(WaitingCommand waiting, long number, boolean triedAlone) {}

  private final Bisection bisection;
  private final TroubledMerchants troubled;
  private final WorkerPool<QueuedEntry, Boolean> pool;
  private final Map<AccountKey, Integer> waitedFor = new ConcurrentHashMap<>();
  private final Map<UUID, Integer> toBeTriedAlone = new ConcurrentHashMap<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong arrivals = new AtomicLong();
  private final int capacity;
  private final int maxBatch;

  /** Of the worker only. */
  private final MerchantTurns turns = new MerchantTurns();

  /**
   * @param capacity commands that may wait, beside those that finish what others began; one
   *     account's may be a quarter of them
   */
  BusyAccounts(
      String name,
      Bisection bisection,
      TroubledMerchants troubled,
      int capacity,
      int maxBatch,
      MeterRegistry registry) {
    this.bisection = bisection;
    this.troubled = troubled;
    this.capacity = capacity;
    this.maxBatch = maxBatch;
    this.pool =
        WorkerPool.<QueuedEntry, Boolean>named(name, this::work)
            .capacity(ROOM * capacity)
            .maxBatch(ROOM * capacity)
            .start(registry);
    Gauge.builder("quittance.journal.busy.accounts", waitedFor, Map::size)
        .description("Accounts that commands wait for because other transactions lock them")
        .tag("pool", name)
        .register(registry);
  }

  /**
   * Those of these accounts that other commands wait for already; a command that needs one queues
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
   * Lets a command wait. One for which there is no room is refused, unless it finishes what another
   * one began: of these, there are no more than payments under way.
   */
  void add(WaitingCommand command) {
    boolean finishing = command.job().item() instanceof Journal.Finishing<?>;
    if (!finishing && (waiting.get() >= capacity || full(command))) {
      command.job().fail(new QueueFullException(pool.name(), capacity));
      return;
    }
    queue(new QueuedEntry(command, arrivals.getAndIncrement(), false));
  }

  private boolean full(WaitingCommand command) {
    UUID merchantId = command.job().item().merchantId();
    return command.accounts().isEmpty()
        ? toBeTriedAlone.getOrDefault(merchantId, 0) >= part(PARTS_OF_MERCHANTS)
        : command.accounts().stream()
            .anyMatch(account -> waitedFor.getOrDefault(account, 0) >= part(PARTS));
  }

  private int part(int parts) {
    return Math.max(1, capacity / parts);
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

  /** Commands that wait for an account. */
  int waiting() {
    return waiting.get();
  }

  private void count(WaitingCommand command, int change) {
    waiting.addAndGet(change);
    for (AccountKey account : command.accounts()) {
      count(waitedFor, account, change);
    }
    if (command.accounts().isEmpty()) {
      count(toBeTriedAlone, command.job().item().merchantId(), change);
    }
  }

  private static <K> void count(Map<K, Integer> counts, K key, int change) {
    counts.merge(key, change, (n, more) -> n + more == 0 ? null : n + more);
  }

  private void work(List<Job<QueuedEntry, Boolean>> jobs) {
    List<QueuedEntry> entries =
        jobs.stream().map(Job::item).sorted(Comparator.comparingLong(QueuedEntry::number)).toList();
    List<QueuedEntry> open = new ArrayList<>(entries);
    if (accounts(open).size() > 1) {
      open = tried(open, inTurns(open, waits -> !waits.accounts().isEmpty(), maxBatch), null);
    }
    AccountKey next = turns.next(accounts(open));
    if (next != null) {
      open = tried(open, waitsFor(open, next), next);
    }
    open = triedAlone(open);
    open.forEach(this::queue);
    jobs.forEach(job -> job.succeed(true));
  }

  private static Set<AccountKey> accounts(List<QueuedEntry> entries) {
    var accounts = new HashSet<AccountKey>();
    entries.forEach(entry -> accounts.addAll(entry.waiting().accounts()));
    return accounts;
  }

  private static List<QueuedEntry> inTurns(
      List<QueuedEntry> entries, Predicate<WaitingCommand> which, int limit) {
    return MerchantTurns.inTurns(
        entries.stream().filter(entry -> which.test(entry.waiting())).toList(),
        entry -> entry.waiting().job().item().merchantId(),
        limit);
  }

  private List<QueuedEntry> waitsFor(List<QueuedEntry> entries, AccountKey account) {
    return entries.stream()
        .filter(entry -> entry.waiting().accounts().contains(account))
        .limit(maxBatch)
        .toList();
  }

  /** Applies some of the commands that wait; returns all that still do, in their order. */
  private List<QueuedEntry> tried(
      List<QueuedEntry> all, List<QueuedEntry> some, @Nullable AccountKey awaited) {
    List<Job<Command<?>, Object>> jobs = some.stream().map(entry -> entry.waiting().job()).toList();
    var left = new ArrayList<WaitingCommand>();
    bisection.divide(jobs).forEach(together -> left.addAll(bisection.apply(together, awaited)));
    var still = new ArrayList<QueuedEntry>(all.size());
    for (QueuedEntry entry : all) {
      if (!some.contains(entry)) {
        still.add(entry);
      }
      for (WaitingCommand waiting : left) {
        if (waiting.job() == entry.waiting().job()) {
          still.add(new QueuedEntry(waiting, entry.number(), entry.triedAlone()));
        }
      }
    }
    return still;
  }

  /**
   * Applies each command by itself that may be what kept its whole batch waiting. Merchants take
   * turns, and one whose command waits in vain has no more of them in this round; that command goes
   * to the end.
   */
  private List<QueuedEntry> triedAlone(List<QueuedEntry> all) {
    var open = new ArrayList<>(all);
    var round = Deadline.after(ROUND);
    var hadTheirTurn = new HashSet<UUID>();
    for (QueuedEntry entry : inTurns(all, waiting -> waiting.accounts().isEmpty(), all.size())) {
      UUID merchantId = entry.waiting().job().item().merchantId();
      if (!hadTheirTurn.contains(merchantId)) {
        List<WaitingCommand> left = bisection.apply(List.of(entry.waiting().job()), null);
        open.remove(entry);
        if (!left.isEmpty()) {
          open.add(new QueuedEntry(left.getFirst(), arrivals.getAndIncrement(), true));
        }
        if (!left.isEmpty() && !entry.triedAlone()) {
          troubled.waitsForALock(merchantId);
        }
        if (!left.isEmpty() || round.expired()) {
          hadTheirTurn.add(merchantId);
        }
      }
    }
    return open;
  }

  void close() {
    pool.close();
  }
}
