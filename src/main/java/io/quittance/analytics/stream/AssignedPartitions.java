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
 * The partitions that the group has given to a consumer. Each is paused until it has been taken in
 * the database, too, which says where to read on. Confined to the consumer's thread.
 */
final class AssignedPartitions implements ConsumerRebalanceListener {

  private static final Logger log = LoggerFactory.getLogger(AssignedPartitions.class);

  /** How long a partition is left alone whose records could not be counted. */
  private static final Duration REST = Duration.ofSeconds(1);

  private static final Deadline NOT_BEHIND = Deadline.after(Duration.ZERO);

  private final Consumer<?, ?> consumer;
  private final PartitionOffsets offsets;
  private final UUID topicId;
  private final Map<Partition, Taken> taken = new HashMap<>();
  private final Set<TopicPartition> untaken = new HashSet<>();

  /** Those whose records could not be counted while others' were, until they are taken again. */
  private final Map<Partition, Deadline> behind = new HashMap<>();

  AssignedPartitions(Consumer<?, ?> consumer, PartitionOffsets offsets, UUID topicId) {
    this.consumer = consumer;
    this.offsets = offsets;
    this.topicId = topicId;
  }

  Partition partition(int number) {
    return new Partition(topicId, number);
  }

  /** Those that are taken. */
  Map<Partition, Taken> taken() {
    return Map.copyOf(taken);
  }

  /** Whether all that the group has given are taken. */
  boolean complete() {
    return untaken.isEmpty();
  }

  /** Those that are taken have been counted further. */
  void advance(Map<Partition, Taken> counted) {
    taken.putAll(counted);
    behind.keySet().removeAll(counted.keySet());
  }

  /** Whether records of some could not be counted, and have not been since. */
  boolean anyBehind() {
    return !behind.isEmpty();
  }

  /**
   * Checks that they are in the database as they are here. Otherwise what a crash took back would
   * wait for the next record of the same partition.
   *
   * @throws FencedException they are not
   */
  void check() throws SQLException, FencedException {
    if (!taken.isEmpty()) {
      offsets.check(taken);
    }
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    // A place to begin is asked for, although nothing is read from there.
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

  /** Takes what has not been taken, and goes on with it where its last commit ended. */
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

  /** After a failure: everything is to be taken anew, for nobody knows what was committed. */
  void release() {
    consumer.pause(consumer.assignment());
    untaken.addAll(consumer.assignment());
    taken.clear();
    behind.clear();
  }

  /** After a failure with this partition alone: it is taken anew in a while; others go on. */
  void release(Partition partition) {
    List<TopicPartition> assigned =
        consumer.assignment().stream().filter(of -> of.partition() == partition.number()).toList();
    consumer.pause(assigned);
    untaken.addAll(assigned);
    Taken last = taken.remove(partition);
    if (last != null) {
      // What was read of it counts as waiting.
      assigned.forEach(of -> consumer.seek(of, last.next()));
    }
    behind.put(partition, Deadline.after(REST));
  }

  /** Goes on with what there is, where the next records are gone. */
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
          "Partition {} has no record {}: the topic has lost it before its events were counted",
          one.getKey(),
          one.getValue());
    }
  }
}
