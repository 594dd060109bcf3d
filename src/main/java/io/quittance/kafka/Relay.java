package io.quittance.kafka;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.pool.Job;
import io.quittance.concurrency.pool.WorkerPool;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.transaction.TransactionException;

/**
 * Relays this replica's share of the shards: takes and renews leases, gives up those beyond its
 * share, and runs shards with waiting events. Thread-safe.
 */
final class Relay {

  private static final Logger log = LoggerFactory.getLogger(Relay.class);

  /**
   * A shard has at most one Kafka transaction in this time, unless it has much to send, because a
   * transaction costs more than its events.
   */
  private static final int TICK_MS = 50;

  private static final Duration QUEUE_TIMEOUT = Duration.ofMinutes(1);

  /** As long as an attempt may take if no broker answers. */
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(10);

  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

  /**
   * After counting the backlog, pauses this many times as long, so that counting takes a twentieth
   * of the time.
   */
  private static final int PAUSE_PER_COUNT = 19;

  private final ShardRelay.Shared shared;
  private final Map<Integer, ShardRelay> shards = new ConcurrentHashMap<>();
  private final Set<Integer> woken;
  private final WorkerPool<ShardRelay, Boolean> pool;
  private volatile boolean stopping;

  /** Used only by the thread of {@link #tick}. */
  private Deadline nextSearch = Deadline.after(Duration.ZERO);

  private Deadline nextCount = Deadline.after(Duration.ZERO);

  /**
   * @param woken the shards that are known to have waiting events; any thread may add to it
   */
  Relay(ShardRelay.Shared shared, Set<Integer> woken, MeterRegistry registry) {
    this.shared = shared;
    this.woken = woken;
    this.pool =
        WorkerPool.<ShardRelay, Boolean>named("kafka-relay", Relay::work)
            .workers(Shards.COUNT)
            .capacity(2 * Shards.COUNT)
            .drainLimit(DRAIN_LIMIT)
            .virtualThreads()
            .start(registry);
    shared.meters().shards(shards::size);
  }

  private static void work(List<Job<ShardRelay, Boolean>> jobs) {
    for (Job<ShardRelay, Boolean> job : jobs) {
      job.complete(
          () -> {
            job.item().work();
            return true;
          });
    }
  }

  /** How many shards this replica relays. */
  int shards() {
    return shards.size();
  }

  /**
   * Renews leases, drops lost ones, and takes or gives up shards until this replica has its share.
   */
  @Scheduled(fixedDelay = 500)
  void renewLeases() {
    if (stopping) {
      return;
    }
    try {
      int share = shared.leases().share();
      renew();
      giveUp(share);
      for (Lease lease : shared.leases().take(share - shards.size())) {
        shards.put(lease.shard(), new ShardRelay(lease, shared));
        woken.add(lease.shard());
      }
      shared.state().succeeded("leases");
    } catch (DataAccessException | TransactionException e) {
      shared.state().failed("leases", e);
      throw e;
    }
  }

  private void renew() {
    Map<Integer, Lease> kept =
        shared.leases().renew(shards.values().stream().map(ShardRelay::lease).toList()).stream()
            .collect(Collectors.toMap(Lease::shard, Function.identity()));
    for (ShardRelay relay : shards.values()) {
      Lease lease = kept.get(relay.lease().shard());
      if (lease != null) {
        relay.renewed(lease);
      } else {
        log.info("Another replica relays shard {}", relay.lease().shard());
        relay.end();
        shards.remove(relay.lease().shard(), relay);
      }
    }
  }

  /** A shard is given up when its work in progress has ended. */
  private void giveUp(int share) {
    shards.values().stream().skip(share).forEach(ShardRelay::end);
    for (ShardRelay relay : shards.values()) {
      if (relay.closed()) {
        shards.remove(relay.lease().shard(), relay);
        shared.leases().release(relay.lease());
      }
    }
  }

  /** Runs shards that have waiting events, or that have failed. */
  @Scheduled(fixedDelay = TICK_MS)
  void tick() {
    if (stopping || shards.isEmpty()) {
      return;
    }
    try {
      if (nextSearch.expired()) {
        findWaiting();
      }
    } finally {
      shards.forEach(this::letWork);
    }
  }

  private void letWork(int shard, ShardRelay relay) {
    if ((woken.contains(shard) || relay.failed()) && relay.begin()) {
      woken.remove(shard);
      submit(relay);
    }
  }

  private void findWaiting() {
    try {
      woken.addAll(shared.outbox().waiting());
      shared.state().succeeded("waiting");
    } catch (DataAccessException e) {
      nextSearch = Deadline.after(PAUSE_AFTER_FAILURE);
      shared.state().failed("waiting", e);
      throw e;
    }
  }

  private void submit(ShardRelay relay) {
    try {
      var _ =
          pool.submit(relay, Deadline.after(QUEUE_TIMEOUT)).whenComplete((_, _) -> relay.leave());
    } catch (RejectedExecutionException e) {
      log.debug("Shard {} is left to another replica: {}", relay.lease().shard(), e.getMessage());
      relay.leave();
    }
  }

  /** Counts the backlog. */
  @Scheduled(fixedDelay = 1000)
  void count() {
    if (!nextCount.expired()) {
      return;
    }
    Deadline watch = Deadline.after(Duration.ZERO);
    try {
      shared.meters().waiting(shared.outbox().backlog());
      shared.state().succeeded("count");
    } catch (DataAccessException e) {
      shared.meters().waiting(null);
      shared.state().failed("count", e);
      throw e;
    } finally {
      nextCount = Deadline.after(watch.used().multipliedBy(PAUSE_PER_COUNT));
    }
  }

  /** Finishes the work in progress, and lets other replicas take over at once. */
  @PreDestroy
  void close() {
    stopping = true;
    shards.values().forEach(ShardRelay::end);
    pool.close();
    try {
      shards.values().forEach(relay -> shared.leases().release(relay.lease()));
      shared.leases().leave();
    } catch (DataAccessException e) {
      log.info("The leases of shards were not released, and will expire: {}", e.getMessage());
    }
  }
}
