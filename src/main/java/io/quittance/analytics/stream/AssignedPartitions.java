package io.quittance.analytics.stream;

import io.quittance.analytics.stream.PartitionOffsets.Partition;
import io.quittance.analytics.stream.PartitionOffsets.Taken;
import io.quittance.concurrency.Deadline;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions that the consumer group has assigned to a consumer. Each is paused until it has
 * been taken in the database as well, which has the offset to read from. Confined to the consumer's
 * thread.
 */
final class AssignedPartitions implements ConsumerRebalanceListener {

  private static final Logger log = LoggerFactory.getLogger(AssignedPartitions.class);

  /** How long a partition is not read after its records could not be counted. */
  private static final Duration RETRY_PAUSE = Duration.ofSeconds(1);

  private static final Deadline NOT_BEHIND = Deadline.after(Duration.ZERO);

  private final Consumer<?, ?> consumer;
  private final PartitionOffsets offsets;
  private final UUID topicId;
  private final Map<Partition, Taken> taken = new HashMap<>();
  private final Set<TopicPartition> untaken = new HashSet<>();

  /**
   * Partitions whose records could not be counted while others were, until they are taken again.
   */
  private final Map<Partition, Deadline> behind = new HashMap<>();

  AssignedPartitions(Consumer<?, ?> consumer, PartitionOffsets offsets, UUID topicId) {
    this.consumer = consumer;
    this.offsets = offsets;
    this.topicId = topicId;
  }

  Partition partition(int number) {
    return new Partition(topicId, number);
  }

  /** The partitions that are taken. */
  Map<Partition, Taken> taken() {
    return Map.copyOf(taken);
  }

  /** Whether all assigned partitions are taken. */
  boolean complete() {
    return untaken.isEmpty();
  }

  /** Notes that taken partitions have been counted further. */
  void advance(Map<Partition, Taken> counted) {
    taken.putAll(counted);
    behind.keySet().removeAll(counted.keySet());
  }

  /** Whether records of a partition could not be counted, and have not been since. */
  boolean anyBehind() {
    return !behind.isEmpty();
  }

  /**
   * Checks that the database has the same offsets and epochs. Otherwise commits that a crash undid
   * would be repeated only with the next record of the partition.
   *
   * @throws FencedException the database has others
   */
  void check() throws SQLException, FencedException {
    if (!taken.isEmpty()) {
      offsets.check(taken);
    }
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    // The consumer requires an offset, although nothing is read from there.
    partitions.forEach(partition -> consumer.seek(partition, 0));
    consumer.pause(partitions);
    untaken.addAll(partitions);
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    for (TopicPartition partition : partitions) {
      taken.remove(partition(partition.partition()));
      behind.remove(partition(partition.partition()));
    }
    untaken.removeAll(partitions);
  }

  /**
   * Takes the assigned partitions that are not taken, and continues where their last commits ended.
   */
  void take() throws SQLException {
    for (TopicPartition of : List.copyOf(untaken)) {
      Partition partition = partition(of.partition());
      if (behind.getOrDefault(partition, NOT_BEHIND).expired()) {
        Taken own = offsets.take(partition);
        consumer.seek(of, own.next());
        consumer.resume(List.of(of));
        taken.put(partition, own);
        untaken.remove(of);
      }
    }
  }

  /**
   * After a failure: all partitions have to be taken again, because it is unknown what was
   * committed.
   */
  void release() {
    consumer.pause(consumer.assignment());
    untaken.addAll(consumer.assignment());
    taken.clear();
    behind.clear();
  }

  /**
   * After a failure of only this partition: it is taken again in a while, and the others continue.
   */
  void release(Partition partition) {
    List<TopicPartition> assigned =
        consumer.assignment().stream().filter(of -> of.partition() == partition.number()).toList();
    consumer.pause(assigned);
    untaken.addAll(assigned);
    Taken last = taken.remove(partition);
    if (last != null) {
      // Its records that were read count as waiting.
      assigned.forEach(of -> consumer.seek(of, last.next()));
    }
    behind.put(partition, Deadline.after(RETRY_PAUSE));
  }

  /** Continues with the records that exist, where the next ones were deleted. */
  void skip(OffsetOutOfRangeException gone) {
    behind.clear();
    for (var one : gone.offsetOutOfRangePartitions().entrySet()) {
      List<TopicPartition> partition = List.of(one.getKey());
      long first = consumer.beginningOffsets(partition).getOrDefault(one.getKey(), 0L);
      if (one.getValue() < first) {
        consumer.seek(one.getKey(), first);
      } else {
        consumer.seekToEnd(partition);
      }
      log.error(
          "Partition {} has no record {} any more: its events were not counted and are lost",
          one.getKey(),
          one.getValue());
    }
  }
}
