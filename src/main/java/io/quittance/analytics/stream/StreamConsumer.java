package io.quittance.analytics.stream;

import static java.util.stream.Collectors.groupingBy;

import io.quittance.analytics.stream.PartitionOffsets.Partition;
import io.quittance.analytics.stream.RecordCounter.Placed;
import io.quittance.concurrency.Deadline;
import io.quittance.database.SqlFailure;
import io.quittance.kafka.ClientSettings;
import io.quittance.kafka.FailureState;
import io.quittance.kafka.TopicLookup;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the partitions that the consumer group assigns to it, and counts their records, until it is
 * closed. One thread runs it; the other methods are thread-safe.
 */
final class StreamConsumer {

  /**
   * What all consumers share.
   *
   * @param checkInterval how often offsets are compared with the database while no records arrive
   */
  record Services(
      TopicLookup topic,
      ClientSettings settings,
      PartitionOffsets offsets,
      FailureState state,
      Duration checkInterval) {}

  private static final Logger log = LoggerFactory.getLogger(StreamConsumer.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration LEAVE_LIMIT = Duration.ofSeconds(2);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

  private final Services services;
  private final RecordCounter counter;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final ConsumerLag lag = new ConsumerLag();
  private Deadline nextCheck = Deadline.after(Duration.ZERO);
  private volatile int partitions;

  StreamConsumer(Services services, RecordCounter counter) {
    this.services = services;
    this.counter = counter;
  }

  /** How many partitions it reads. */
  int partitions() {
    return partitions;
  }

  /** The records that it has not counted yet. */
  ConsumerLag lag() {
    return lag;
  }

  /** Ends it after the commit in progress. */
  void close() {
    closed.countDown();
  }

  /** Consumes until it is closed; after any failure it retries after a pause. */
  void run() throws InterruptedException {
    do {
      try {
        consume();
      } catch (RuntimeException | Error e) {
        services.state().failed(this, e);
      }
    } while (!closed.await(PAUSE_AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS));
  }

  private void consume() throws InterruptedException {
    TopicLookup topic = services.topic();
    var topicId = PartitionOffsets.id(topic.describe());
    var consumer =
        new KafkaConsumer<byte[], byte[]>(
            services.settings().consumer("analytics-consumer", topic.name()));
    try {
      var held = new AssignedPartitions(consumer, services.offsets(), topicId);
      consumer.subscribe(List.of(topic.name()), held);
      while (closed.getCount() > 0) {
        turn(consumer, held);
        partitions = held.taken().size();
        lag.measure(consumer, held.complete());
      }
    } finally {
      partitions = 0;
      lag.reset();
      consumer.close(LEAVE_LIMIT);
    }
  }

  private void turn(KafkaConsumer<byte[], byte[]> consumer, AssignedPartitions held)
      throws InterruptedException {
    try {
      // Polls first, because the group may have assigned the partitions to others.
      ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
      lag.read(records, held.anyBehind());
      held.take();
      @Nullable Exception failure = count(records, held);
      check(held);
      if (failure != null) {
        services.state().failed(this, failure);
      } else if (!held.anyBehind()) {
        services.state().succeeded(this);
      }
    } catch (OffsetOutOfRangeException e) {
      held.skip(e);
    } catch (FencedException e) {
      log.info("Partitions are given up and acquired again: {}", e.getMessage());
      held.release();
    } catch (SQLException e) {
      held.release();
      pauseAfter(e);
    }
  }

  private void pauseAfter(Exception failure) throws InterruptedException {
    services.state().failed(this, failure);
    var _ = closed.await(PAUSE_AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void check(AssignedPartitions held) throws SQLException, FencedException {
    if (nextCheck.expired()) {
      held.check();
      nextCheck = Deadline.after(services.checkInterval());
    }
  }

  /** The reason why some records were not counted and are read again; null: all were counted. */
  private @Nullable Exception count(
      ConsumerRecords<byte[], byte[]> records, AssignedPartitions held)
      throws SQLException, FencedException {
    List<Placed> readable = new ArrayList<>(records.count());
    Map<Partition, UnreadableRecordException> unreadable = new HashMap<>();
    for (TopicPartition of : records.partitions()) {
      Partition partition = held.partition(of.partition());
      try {
        for (ConsumerRecord<byte[], byte[]> record : records.records(of)) {
          readable.add(new Placed(partition, record.offset(), EventRecord.read(record.value())));
        }
      } catch (UnreadableRecordException e) {
        unreadable.put(partition, e);
      }
    }
    @Nullable Exception failure = count(readable, held);
    for (var one : unreadable.entrySet()) {
      held.release(one.getKey());
      failure = one.getValue();
    }
    return failure;
  }

  private @Nullable Exception count(List<Placed> records, AssignedPartitions held)
      throws SQLException, FencedException {
    List<Placed> left = records;
    while (!left.isEmpty()) {
      try {
        left = countSome(left, held);
      } catch (SQLException | RuntimeException e) {
        if (!SqlFailure.ofSomeRows(e)) {
          throw e;
        }
        return countApart(left, e, held);
      }
    }
    return null;
  }

  /** Counts some records, and returns the others. */
  private List<Placed> countSome(List<Placed> records, AssignedPartitions held)
      throws SQLException, FencedException {
    RecordCounter.Progress progress = counter.count(records, held.taken());
    held.advance(progress.partitions());
    return records.subList(progress.records(), records.size());
  }

  /**
   * Counts each partition separately, so that locked or unreadable rows of one merchant delay only
   * its own partition.
   *
   * @param reason why they could not be counted together
   */
  private @Nullable Exception countApart(
      List<Placed> records, Exception reason, AssignedPartitions held) throws FencedException {
    Map<Partition, List<Placed>> partitions =
        records.stream().collect(groupingBy(Placed::partition));
    if (partitions.size() == 1) {
      held.release(records.getFirst().partition());
      return reason;
    }
    @Nullable Exception failure = null;
    for (var own : partitions.entrySet()) {
      try {
        for (List<Placed> left = own.getValue(); !left.isEmpty(); ) {
          left = countSome(left, held);
        }
      } catch (SQLException | RuntimeException e) {
        held.release(own.getKey());
        failure = e;
      }
    }
    return failure;
  }
}
