package io.quittance.analytics.stream;

import io.quittance.analytics.stream.PartitionOffsets.Partition;
import io.quittance.concurrency.Deadline;
import io.quittance.kafka.ClientSettings;
import io.quittance.kafka.FailureState;
import io.quittance.kafka.TopicLookup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;

/**
 * Sends records, and returns the result of each. A producer that has failed is not used any more;
 * after a pause, a new one is created. Confined to one thread.
 */
final class RecordSender {

  /** The largest body after a record that is almost full, rounded up. */
  static final int RECORD_BYTES_MAX = 6_000_000;

  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

  /** The result of a record. */
  sealed interface Result {

    /** All required replicas of Kafka have it. */
    record Acknowledged(Partition partition, long offset) implements Result {}

    /** It was not sent. */
    record NotSent() implements Result {}

    /** It may be in the topic, now or later. */
    record Unanswered() implements Result {}
  }

  private final TopicLookup topic;
  private final ClientSettings settings;
  private final FailureState state;
  private @Nullable Producer<byte[], byte[]> producer;
  private UUID topicId = new UUID(0, 0);
  private Deadline pause = Deadline.after(Duration.ZERO);

  RecordSender(TopicLookup topic, ClientSettings settings, FailureState state) {
    this.topic = topic;
    this.settings = settings;
    this.state = state;
  }

  /** Whether sending is worth a try. */
  boolean ready() {
    return pause.expired();
  }

  /** Sends records, and waits for their results, which are in the same order. */
  List<Result> send(List<ProducerRecord<byte[], byte[]>> records) throws InterruptedException {
    var futures = new ArrayList<Future<RecordMetadata>>(records.size());
    try {
      Producer<byte[], byte[]> open = open();
      for (ProducerRecord<byte[], byte[]> record : records) {
        futures.add(open.send(record));
      }
    } catch (KafkaException e) {
      failed(e);
    }
    var results = new ArrayList<Result>(records.size());
    for (Future<RecordMetadata> future : futures) {
      results.add(result(future));
    }
    while (results.size() < records.size()) {
      results.add(new Result.NotSent());
    }
    if (results.stream().allMatch(Result.Acknowledged.class::isInstance)) {
      state.succeeded(this);
    }
    return results;
  }

  /** Fails at once, with a clear message, if the topic does not exist. */
  private Producer<byte[], byte[]> open() throws InterruptedException {
    if (producer == null) {
      topicId = PartitionOffsets.id(topic.describe());
      producer = new KafkaProducer<>(settings.producer("analytics-producer", RECORD_BYTES_MAX));
      var _ = producer.partitionsFor(topic.name());
    }
    return producer;
  }

  private Result result(Future<RecordMetadata> future) throws InterruptedException {
    try {
      RecordMetadata acknowledged = future.get();
      return new Result.Acknowledged(
          new Partition(topicId, acknowledged.partition()), acknowledged.offset());
    } catch (ExecutionException e) {
      Throwable cause = Objects.requireNonNull(e.getCause());
      if (cause instanceof RecordTooLargeException) {
        state.failed(this, cause);
        return new Result.NotSent();
      }
      failed(cause);
      return new Result.Unanswered();
    }
  }

  private void failed(Throwable cause) {
    state.failed(this, cause);
    pause = Deadline.after(PAUSE_AFTER_FAILURE);
    close();
  }

  /** Abandons what is being sent. */
  void close() {
    if (producer != null) {
      producer.close(Duration.ZERO);
      producer = null;
    }
  }
}
