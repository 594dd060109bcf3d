package io.quittance.kafka;

import static java.util.Objects.requireNonNull;

import io.quittance.concurrency.Deadline;
import io.quittance.kafka.Outbox.Entry;
import io.quittance.kafka.Outbox.Position;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a shard's events, in order, while its lease lasts. All holders of a shard use the same
 * transactional id, and each initializes its producer before it checks its lease: so the broker
 * refuses what an earlier holder sends after a later one has started. One thread at a time works
 * ({@link #begin}, {@link #work}, {@link #leave}); the rest is thread-safe.
 */
final class ShardRelay {

  /** What all shards share. */
  record Shared(
      Outbox outbox,
      ShardLeases leases,
      EventTopic topic,
      EventRecords records,
      ClientSettings settings,
      RelayMeters meters,
      FailureState state) {}

  private static final Logger log = LoggerFactory.getLogger(ShardRelay.class);

  /** Events in one Kafka transaction; about a megabyte for payments. */
  private static final int EVENTS_AT_ONCE = 500;

  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

  private final Shared shared;
  private final AtomicBoolean busy = new AtomicBoolean();
  private volatile Lease lease;
  private volatile boolean ended;
  private volatile boolean closed;
  private volatile boolean failed;
  private volatile Deadline pause = Deadline.after(Duration.ZERO);

  /** Used only by the working thread; null: to be created. */
  private @Nullable Producer<byte[], byte[]> producer;

  private Position position = Position.START;

  ShardRelay(Lease lease, Shared shared) {
    this.lease = lease;
    this.shared = shared;
  }

  Lease lease() {
    return lease;
  }

  void renewed(Lease longer) {
    lease = longer;
  }

  /** Whether it has failed and has to retry. */
  boolean failed() {
    return failed;
  }

  /** Whether the caller may call {@link #work} now. */
  boolean begin() {
    return !ended && pause.expired() && !lease.until().expired() && busy.compareAndSet(false, true);
  }

  /** Sends the waiting events. Any failure is retried after a pause. */
  void work() throws InterruptedException {
    try {
      if (producer != null || open()) {
        drain();
      }
      failed = false;
      shared.state().succeeded(lease.shard());
    } catch (ProducerFencedException | InvalidProducerEpochException e) {
      log.info("Another replica has begun to send the events of shard {}", lease.shard());
      startOver();
    } catch (RuntimeException e) {
      shared.meters().failed();
      shared.state().failed(lease.shard(), e);
      shared.topic().forget();
      startOver();
    }
  }

  /**
   * Creates a producer. Its initialization fences other producers, so the lease must be valid
   * before. If it is still valid afterwards, a replica that takes the shard later also initializes
   * later.
   *
   * @return false: the lease is lost
   */
  private boolean open() throws InterruptedException {
    var _ = shared.topic().partitions();
    if (shared.leases().holds(lease)) {
      producer = new KafkaProducer<>(shared.settings().producer(lease.shard()));
      producer.initTransactions();
      if (shared.leases().holds(lease)) {
        return true;
      }
    }
    end();
    return false;
  }

  /** Sends until one pass from the beginning finds nothing. */
  private void drain() throws InterruptedException {
    boolean wholePass = false;
    while (!wholePass && !ended && !lease.until().expired()) {
      boolean fromStart = position.equals(Position.START);
      List<Entry> page = shared.outbox().read(lease, position, EVENTS_AT_ONCE);
      if (!page.isEmpty()) {
        send(page);
      }
      boolean last = page.size() < EVENTS_AT_ONCE;
      position = last ? Position.START : page.getLast().position();
      wholePass = fromStart && last;
    }
  }

  private void send(List<Entry> page) throws InterruptedException {
    int partitions = shared.topic().partitions();
    Producer<byte[], byte[]> open = requireNonNull(producer);
    open.beginTransaction();
    for (Entry entry : page) {
      if (entry.event() == null) {
        log.error("Event {} was deleted before it was sent to Kafka", entry.eventId());
      } else {
        UUID subject = entry.position().subjectId();
        var _ = open.send(shared.records().record(entry.event(), subject, partitions));
      }
    }
    open.commitTransaction();
    shared.outbox().delete(lease.shard(), page);
    page.stream()
        .map(Entry::event)
        .filter(Objects::nonNull)
        .forEach(event -> shared.meters().acknowledged(event.body().timestamp()));
  }

  private void startOver() {
    closeProducer();
    position = Position.START;
    pause = Deadline.after(PAUSE_AFTER_FAILURE);
    failed = true;
  }

  /** Ends what {@link #begin} has started. */
  void leave() {
    busy.set(false);
    if (ended) {
      end();
    }
  }

  /** Stops sending; the working thread finishes what is in progress. */
  void end() {
    ended = true;
    if (busy.compareAndSet(false, true)) {
      closeProducer();
      shared.state().succeeded(lease.shard());
      closed = true;
    }
  }

  /** Whether it has ended, with nothing in progress. */
  boolean closed() {
    return closed;
  }

  /** Aborts what is not committed. */
  private void closeProducer() {
    if (producer != null) {
      producer.close(Duration.ZERO);
      producer = null;
    }
  }
}
