package io.quittance.payment.batch.run;

import io.quittance.database.ReservedConnection;
import io.quittance.payment.batch.store.BatchLeases;
import io.quittance.payment.batch.store.StoredBatch;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * The batches that this replica runs: renews their leases, and stops starting items when the
 * replica stops. Thread-safe.
 */
@Component
public final class RunningBatches {

  /** A batch that runs here until this is closed. */
  public final class Entry implements AutoCloseable {

    private final StoredBatch batch;
    private volatile Runnable stop = () -> {};

    private Entry(StoredBatch batch) {
      this.batch = batch;
    }

    StoredBatch batch() {
      return batch;
    }

    /** Sets how the batch is stopped from starting more items. */
    void stopsBy(Runnable way) {
      stop = way;
      if (stopping) {
        way.run();
      }
    }

    @Override
    public void close() {
      entries.remove(batch.id(), this);
    }
  }

  private final Map<UUID, Entry> entries = new ConcurrentHashMap<>();
  private final BatchLeases leases;
  private final BatchProperties properties;
  private volatile boolean stopping;

  RunningBatches(BatchLeases leases, BatchProperties properties) {
    this.leases = leases;
    this.properties = properties;
  }

  public Entry enter(StoredBatch batch) {
    var entry = new Entry(batch);
    entries.put(batch.id(), entry);
    return entry;
  }

  /**
   * How many items of a batch may be under way at once: the more batches its merchant has here, the
   * fewer.
   */
  public int parallelism(UUID merchantId) {
    long own =
        entries.values().stream()
            .filter(entry -> entry.batch.merchantId().equals(merchantId))
            .count();
    return (int) Math.max(1, properties.parallelism() / Math.max(1, own));
  }

  /** Whether a batch is carried out here, in whatever run. */
  boolean isHere(StoredBatch batch) {
    return entries.containsKey(batch.id());
  }

  /** Whether the replica is stopping. */
  boolean stopping() {
    return stopping;
  }

  /**
   * Uses a connection that no other job takes, because a lease that is not renewed in time is lost.
   */
  @Scheduled(fixedDelay = 1000)
  void renewLeases() {
    try (var _ = ReservedConnection.forChanges(this)) {
      leases.renew(entries.values().stream().map(entry -> entry.batch).toList());
    }
  }

  @EventListener(ContextClosedEvent.class)
  void stop() {
    stopping = true;
    entries.values().forEach(entry -> entry.stop.run());
  }
}
