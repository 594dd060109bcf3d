package io.quittance.journal;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.QueueFullException;
import io.quittance.concurrency.WorkerPool;
import io.quittance.concurrency.WorkerPool.Job;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Where a lane's commands wait for accounts that other transactions have locked: in order, each
 * until its own deadline, while the lane goes on with all others. A worker with a connection of its
 * own waits for one account after the other, a short while each, and applies what has become free.
 * It waits before it holds any lock, so it keeps nobody else waiting; and it waits in the
 * database's own queue, so that replicas which share an account take turns.
 *
 * <p>Thread-safe.
 */
final class BusyAccounts {

  /** One account's commands may take one part in so many of the room, so that others find some. */
  private static final int PARTS = 4;

  /**
   * As many again for commands that finish what others began, and all of them twice: those that go
   * on waiting are queued again before they leave the worker's hands.
   */
  private static final int ROOM = 4;

  /** A waiting command, with its place in the order of arrival. */
  private record Place(Waiting waiting, long number) {}

  private final Bisection bisection;
  private final WorkerPool<Place, Boolean> pool;
  private final Map<AccountKey, Integer> waitedFor = new ConcurrentHashMap<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong arrivals = new AtomicLong();
  private final int capacity;
  private final int maxBatch;

  /** The account that was waited for last; of the worker only. */
  private @Nullable AccountKey lastAwaited;

  /**
   * @param capacity commands that may wait, beside those that finish what others began; one
   *     account's may be a quarter of them
   */
  BusyAccounts(
      String name, Bisection bisection, int capacity, int maxBatch, MeterRegistry registry) {
    this.bisection = bisection;
    this.capacity = capacity;
    this.maxBatch = maxBatch;
    this.pool =
        WorkerPool.<Place, Boolean>named(name, this::work)
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
  void add(Waiting command) {
    boolean finishing = command.job().item() instanceof Finishing<?>;
    if (!finishing && (waiting.get() >= capacity || anyFull(command.accounts()))) {
      command.job().fail(new QueueFullException(pool.name(), capacity));
      return;
    }
    queue(new Place(command, arrivals.getAndIncrement()));
  }

  private boolean anyFull(Set<AccountKey> accounts) {
    return accounts.stream().anyMatch(this::full);
  }

  private boolean full(AccountKey account) {
    return waitedFor.getOrDefault(account, 0) >= Math.max(1, capacity / PARTS);
  }

  private void queue(Place place) {
    count(place.waiting(), 1);
    try {
      var _ =
          pool.submit(place, place.waiting().job().deadline())
              .whenComplete(
                  (_, error) -> {
                    count(place.waiting(), -1);
                    if (error != null) {
                      place.waiting().job().fail(error);
                    }
                  });
    } catch (RejectedExecutionException e) {
      count(place.waiting(), -1);
      place.waiting().job().fail(e);
    }
  }

  /** Commands that wait for an account. */
  int waiting() {
    return waiting.get();
  }

  private void count(Waiting command, int change) {
    waiting.addAndGet(change);
    for (AccountKey account : command.accounts()) {
      waitedFor.merge(account, change, (n, more) -> n + more == 0 ? null : n + more);
    }
  }

  private void work(List<Job<Place, Boolean>> jobs) {
    List<Place> places =
        jobs.stream().map(Job::item).sorted(Comparator.comparingLong(Place::number)).toList();
    List<Place> open = new ArrayList<>(places);
    if (accounts(open).size() > 1) {
      open = tried(open, waitsForAccounts(open), null);
    }
    AccountKey next = nextAwaited(accounts(open));
    if (next != null) {
      open = tried(open, waitsFor(open, next), next);
    }
    open = triedAlone(open);
    open.forEach(this::queue);
    jobs.forEach(job -> job.succeed(true));
  }

  private static TreeSet<AccountKey> accounts(List<Place> places) {
    var accounts = new TreeSet<AccountKey>();
    places.forEach(place -> accounts.addAll(place.waiting().accounts()));
    return accounts;
  }

  /** Each account in its turn. */
  private @Nullable AccountKey nextAwaited(TreeSet<AccountKey> accounts) {
    AccountKey next = lastAwaited == null ? null : accounts.higher(lastAwaited);
    lastAwaited = next == null && !accounts.isEmpty() ? accounts.first() : next;
    return lastAwaited;
  }

  private List<Place> waitsForAccounts(List<Place> places) {
    return places.stream()
        .filter(place -> !place.waiting().accounts().isEmpty())
        .limit(maxBatch)
        .toList();
  }

  private List<Place> waitsFor(List<Place> places, AccountKey account) {
    return places.stream()
        .filter(place -> place.waiting().accounts().contains(account))
        .limit(maxBatch)
        .toList();
  }

  /** Applies some of the commands that wait; returns all that still do, in their order. */
  private List<Place> tried(List<Place> all, List<Place> some, @Nullable AccountKey awaited) {
    List<Job<Command<?>, Object>> jobs = some.stream().map(place -> place.waiting().job()).toList();
    var left = new ArrayList<Waiting>();
    bisection.divide(jobs).forEach(together -> left.addAll(bisection.apply(together, awaited)));
    var still = new ArrayList<Place>(all.size());
    for (Place place : all) {
      if (!some.contains(place)) {
        still.add(place);
      }
      for (Waiting waiting : left) {
        if (waiting.job() == place.waiting().job()) {
          still.add(new Place(waiting, place.number()));
        }
      }
    }
    return still;
  }

  /**
   * Applies each command by itself that may be what kept its whole batch waiting, until one of them
   * does so again: that one goes to the end.
   */
  private List<Place> triedAlone(List<Place> all) {
    List<Place> open = all;
    for (Place place : all) {
      if (place.waiting().accounts().isEmpty()) {
        List<Waiting> left = bisection.apply(List.of(place.waiting().job()), null);
        open =
            open.stream()
                .filter(other -> other != place)
                .collect(ArrayList::new, List::add, List::addAll);
        if (!left.isEmpty()) {
          open.add(new Place(left.getFirst(), arrivals.getAndIncrement()));
          return open;
        }
      }
    }
    return open;
  }

  void close() {
    pool.close();
  }
}
