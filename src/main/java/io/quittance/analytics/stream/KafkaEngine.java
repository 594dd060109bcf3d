package io.quittance.analytics.stream;

import io.quittance.analytics.intake.BodyCounter;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.pool.Job;
import io.quittance.concurrency.pool.WorkerPool;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.springframework.boot.web.context.WebServerGracefulShutdownLifecycle;
import org.springframework.context.SmartLifecycle;

/**
 * The engine that answers bodies when a topic of Kafka has their events. Consumers of one group, on
 * all replicas, count them. Thread-safe.
 */
final class KafkaEngine implements BodyCounter.Source, SmartLifecycle {

  /** Nothing waits in the queue, because there is a worker for each consumer. */
  private static final Duration QUEUE_TIMEOUT = Duration.ofMinutes(1);

  /** Offset of the web server's shutdown phases from the default. */
  private static final int PHASES_OF_WEB_SERVER = 2_048;

  private final Supplier<BodyCounter> publishers;
  private final UncountedRecords uncounted;
  private final List<StreamConsumer> consumers;
  private final WorkerPool<StreamConsumer, Boolean> pool;
  private volatile boolean running;

  /**
   * @param consumers the consumers that this replica adds to the group
   * @param pool with a worker for each of them, and {@link #run}
   */
  KafkaEngine(
      Supplier<BodyCounter> publishers,
      UncountedRecords uncounted,
      List<StreamConsumer> consumers,
      WorkerPool<StreamConsumer, Boolean> pool) {
    this.publishers = publishers;
    this.uncounted = uncounted;
    this.consumers = consumers;
    this.pool = pool;
  }

  @Override
  public BodyCounter open() {
    return publishers.get();
  }

  @Override
  public long uncounted(UUID merchantId) {
    return uncounted.events(merchantId);
  }

  /** How many partitions this replica reads. */
  int partitions() {
    return consumers.stream().mapToInt(StreamConsumer::partitions).sum();
  }

  /** How many of their records are not counted yet. */
  long lag() {
    return consumers.stream().mapToLong(consumer -> consumer.lag().records()).sum();
  }

  /** How long the oldest record that was read and not counted has waited. */
  Duration waited(Instant now) {
    return consumers.stream()
        .map(consumer -> consumer.lag().waited(now))
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  /** Runs consumers in the pool: a consumer keeps its worker until it is closed. */
  static void run(List<Job<StreamConsumer, Boolean>> jobs) {
    for (Job<StreamConsumer, Boolean> job : jobs) {
      job.complete(
          () -> {
            job.item().run();
            return true;
          });
    }
  }

  /** Stops after the web server, so that the last bodies are counted, too. */
  @Override
  public int getPhase() {
    return WebServerGracefulShutdownLifecycle.SMART_LIFECYCLE_PHASE - PHASES_OF_WEB_SERVER;
  }

  @Override
  public void start() {
    for (StreamConsumer consumer : consumers) {
      var _ = pool.submit(consumer, Deadline.after(QUEUE_TIMEOUT));
    }
    running = true;
  }

  @Override
  public void stop() {
    consumers.forEach(StreamConsumer::close);
    pool.close();
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
