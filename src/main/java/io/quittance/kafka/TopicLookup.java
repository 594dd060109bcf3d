package io.quittance.kafka;

import static java.util.Objects.requireNonNull;

import io.quittance.concurrency.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Asks a broker about a topic, with clear errors. Thread-safe. */
public final class TopicLookup {

  private static final Duration FAILURE_COUNTS = Duration.ofSeconds(1);

  private final String name;
  private final ClientSettings settings;
  private final ReentrantLock lock = new ReentrantLock();

  /** Guarded by the lock. */
  private @Nullable KafkaException lastFailure;

  private Deadline failureCounts = Deadline.after(Duration.ZERO);

  public TopicLookup(String name, ClientSettings settings) {
    this.name = name;
    this.settings = settings;
  }

  public String name() {
    return name;
  }

  /**
   * The description of the topic. Callers that wait together get the same failure.
   *
   * @throws KafkaException it does not exist, or no broker answers
   */
  public TopicDescription describe() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      KafkaException failure = lastFailure;
      if (failure != null && !failureCounts.expired()) {
        throw failure;
      }
      return ask();
    } finally {
      lock.unlock();
    }
  }

  private TopicDescription ask() throws InterruptedException {
    try (Admin admin = Admin.create(settings.admin())) {
      var found = admin.describeTopics(List.of(name)).allTopicNames().get();
      return requireNonNull(found.get(name));
    } catch (ExecutionException e) {
      throw failed(reason(requireNonNull(e.getCause())));
    } catch (KafkaException e) {
      throw failed(e);
    }
  }

  private KafkaException failed(KafkaException e) {
    lastFailure = e;
    failureCounts = Deadline.after(FAILURE_COUNTS);
    return e;
  }

  private KafkaException reason(Throwable cause) {
    return cause instanceof UnknownTopicOrPartitionException
        ? new UnknownTopicOrPartitionException(
            "the topic %s does not exist: create it, with as many partitions as you want"
                .formatted(name))
        : new KafkaException(cause);
  }
}
