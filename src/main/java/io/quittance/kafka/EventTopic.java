package io.quittance.kafka;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The topic and its partitions. Events are spread over as many as it had when it was first used: a
 * payment whose key led to another partition from now on would be read out of order. A topic is
 * never made here, for its partitions and replicas are the operator's to choose. Thread-safe.
 */
final class EventTopic {

  private static final Logger log = LoggerFactory.getLogger(EventTopic.class);

  private static final String USED = "select partitions from kafka_topics where name = ?";

  /** The first of several replicas decides. */
  private static final String FIRST_USE =
      """
      insert into kafka_topics (name, partitions)
      select t.name, t.partitions from (select cast(? as varchar) as name, cast(? as integer) as partitions) t
       where not exists (select 1 from kafka_topics k where k.name = t.name)
      """;

  private final String name;
  private final TopicLookup topic;
  private final JdbcTemplate jdbc;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile int used;

  EventTopic(String name, ClientSettings settings, JdbcTemplate jdbc) {
    this.name = name;
    this.topic = new TopicLookup(name, settings);
    this.jdbc = jdbc;
  }

  /**
   * How many partitions events are spread over; asks a broker unless that is known.
   *
   * @throws KafkaException the topic does not exist, or no broker tells
   */
  int partitions() throws InterruptedException {
    int known = used;
    if (known > 0) {
      return known;
    }
    lock.lockInterruptibly();
    try {
      if (used == 0) {
        used = usable(topic.describe().partitions().size());
      }
      return used;
    } finally {
      lock.unlock();
    }
  }

  /** Asks again, for something went wrong. */
  void forget() {
    used = 0;
  }

  /** The partition of a key, as Kafka's own producers choose it. */
  static int partition(byte[] key, int partitions) {
    return Utils.toPositive(Utils.murmur2(key)) % partitions;
  }

  private int usable(int existing) {
    jdbc.update(FIRST_USE, name, existing);
    int before = requireNonNull(jdbc.queryForObject(USED, Integer.class, name));
    if (before < existing) {
      log.warn(
          "The topic {} has {} partitions now. Events keep to the first {}, so that those of a payment stay in order",
          name,
          existing,
          before);
    }
    if (before > existing) {
      // Partitions are never taken away: it is another topic of that name, with nothing in it to be
      // in order with.
      log.warn(
          "The topic {} was made anew: it had {} partitions and has {}", name, before, existing);
      jdbc.update("update kafka_topics set partitions = ? where name = ?", existing, name);
    }
    return Math.min(before, existing);
  }
}
