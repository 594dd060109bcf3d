package io.quittance.analytics.stream;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * How many records a consumer has not counted yet, and for how long. Written by the consumer's
 * thread, read by any.
 */
final class ConsumerLag {

  private volatile long records;
  private volatile @Nullable Instant oldest;

  /** How many records of its partitions are not counted. */
  long records() {
    return records;
  }

  /**
   * How long the oldest record that was read and not counted has waited, by the clock of its
   * sender; zero if there is none. Grows while counting fails.
   */
  Duration waited(Instant now) {
    Instant sent = oldest;
    return sent == null || sent.isAfter(now) ? Duration.ZERO : Duration.between(sent, now);
  }

  /**
   * Notes the records of a poll.
   *
   * @param behind whether a partition is not read at the moment, because its older records failed
   */
  void read(ConsumerRecords<byte[], byte[]> read, boolean behind) {
    Instant known = behind ? oldest : null;
    StreamSupport.stream(read.spliterator(), false)
        .mapToLong(ConsumerRecord::timestamp)
        .min()
        .ifPresent(
            sent -> {
              Instant first = Instant.ofEpochMilli(sent);
              oldest = known == null || first.isBefore(known) ? first : known;
            });
  }

  /**
   * Measures the remaining lag.
   *
   * @param complete whether the consumer has taken all partitions that are assigned to it
   */
  void measure(KafkaConsumer<byte[], byte[]> consumer, boolean complete) {
    long left = 0;
    boolean known = complete;
    for (TopicPartition partition : consumer.assignment()) {
      OptionalLong own = consumer.currentLag(partition);
      left += own.orElse(0);
      known &= own.isPresent();
    }
    records = left;
    if (known && left == 0) {
      oldest = null;
    }
  }

  /** The consumer has no partitions any more. */
  void reset() {
    records = 0;
  }
}
