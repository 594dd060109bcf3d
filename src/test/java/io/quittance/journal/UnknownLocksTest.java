package io.quittance.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.SettableTicker;
import io.quittance.concurrency.pool.Job;
import io.quittance.concurrency.pool.WorkerPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UnknownLocksTest {

  private static final UUID ONE = new UUID(0, 1);
  private static final UUID TWO = new UUID(0, 2);
  private static final Deadline PATIENCE = Deadline.after(Duration.ofMinutes(1));

  private record Named(UUID merchantId, String kind, String name) implements Command<Object> {

    @Override
    public Set<String> accounts() {
      return Set.of();
    }

    @Override
    public void prepare(UnitOfWork unit) {}

    @Override
    public Object decide(UnitOfWork unit) {
      return name;
    }
  }

  private final BlockingQueue<Job<Command<?>, Object>> taken = new LinkedBlockingQueue<>();
  private final WorkerPool<Command<?>, Object> pool =
      WorkerPool.<Command<?>, Object>named("source", this::take)
          .capacity(100)
          .start(new SimpleMeterRegistry());

  private final SettableTicker clock = new SettableTicker();
  private final AtomicLong arrivals = new AtomicLong();
  private final WaitingRoom room = new WaitingRoom("waiting", 100, new SimpleMeterRegistry());
  private final Set<String> blocked = new HashSet<>();
  private final List<String> tried = new ArrayList<>();
  private Duration applyingTakes = Duration.ZERO;

  @AfterEach
  void stop() {
    taken.forEach(job -> job.succeed("the end"));
    pool.close();
  }

  private void take(List<Job<Command<?>, Object>> jobs) {
    jobs.forEach(Job::defer);
    taken.addAll(jobs);
  }

  private List<WaitingCommand> alone(Job<Command<?>, Object> job) {
    String name = ((Named) job.item()).name();
    tried.add(name);
    clock.advance(applyingTakes);
    return blocked.contains(name) ? List.of(WaitingCommand.forUnknownLock(job)) : List.of();
  }

  private UnknownLocks locks(Duration lockLimit) {
    return new UnknownLocks(this::alone, lockLimit, 100, arrivals::getAndIncrement, clock);
  }

  private QueuedEntry entry(UUID merchantId, String kind, String name) throws Exception {
    var _ = pool.submit(new Named(merchantId, kind, name), PATIENCE);
    return new QueuedEntry(
        room, WaitingCommand.forUnknownLock(taken.take()), arrivals.getAndIncrement());
  }

  private static List<String> names(List<QueuedEntry> entries) {
    return entries.stream().map(entry -> ((Named) entry.command()).name()).toList();
  }

  @Test
  void endsARoundWithTheFirstThatIsBlockedWhichGoesToTheEnd() throws Exception {
    blocked.add("b");
    UnknownLocks locks = locks(Duration.ofMinutes(1));
    List<QueuedEntry> all =
        List.of(entry(ONE, "k", "a"), entry(ONE, "k", "b"), entry(ONE, "k", "c"));

    List<QueuedEntry> left = locks.tried(all);

    assertThat(tried).containsExactly("a", "b");
    assertThat(names(left)).containsExactly("c", "b");
    assertThat(left.getLast().number()).isGreaterThan(left.getFirst().number());
  }

  /** Each blocked try takes the limit of a lock, and no account has a turn meanwhile. */
  @Test
  void triesOneBlockedCommandARoundAndEachKindOfSuspicionInTurns() throws Exception {
    blocked.addAll(List.of("own1", "own2", "own3", "new1", "new2"));
    UnknownLocks locks = locks(Duration.ofMinutes(1));
    List<QueuedEntry> own = List.of(entry(ONE, "k", "own1"), entry(ONE, "k", "own2"));
    locks.tried(locks.tried(own));
    assertThat(locks.suspects(own.getFirst().command())).isTrue();
    tried.clear();
    List<QueuedEntry> all =
        List.of(
            own.getFirst(),
            entry(TWO, "other", "new1"),
            entry(TWO, "other", "new2"),
            entry(ONE, "other", "fine"));

    for (int round = 1; round <= 6; round++) {
      int before = tried.size();
      all = locks.tried(all);
      assertThat(tried.subList(before, tried.size()).stream().filter(blocked::contains)).hasSize(1);
    }
    assertThat(tried).contains("own1", "new1", "new2", "fine");
    assertThat(names(all)).containsExactlyInAnyOrder("own1", "new1", "new2");
  }

  @Test
  void triesEachMerchantsInTurns() throws Exception {
    List<QueuedEntry> all =
        List.of(entry(ONE, "k", "1a"), entry(ONE, "k", "1b"), entry(TWO, "k", "2a"));

    assertThat(locks(Duration.ofMinutes(1)).tried(all)).isEmpty();
    assertThat(tried).containsExactly("1a", "2a", "1b");
  }

  @Test
  void stopsAfterTheLimitOfALockThoughNoneIsBlocked() throws Exception {
    applyingTakes = Duration.ofMillis(60);
    UnknownLocks locks = locks(Duration.ofMillis(50));
    List<QueuedEntry> all = List.of(entry(ONE, "k", "a"), entry(ONE, "k", "b"));

    List<QueuedEntry> left = locks.tried(all);

    assertThat(names(left)).containsExactly("b");
    assertThat(locks.tried(left)).isEmpty();
  }
}
