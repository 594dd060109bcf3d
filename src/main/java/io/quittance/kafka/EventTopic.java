package io.quittance.kafka;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The topic and its partitions. Events use as many partitions as the topic had when it was first
 * used: otherwise the key of a payment could lead to another partition, and its events would be
 * read out of order. The service never creates a topic, because the operator chooses its partitions
 * and replicas. Thread-safe.
 */
final class EventTopic {

  private static final Logger log = LoggerFactory.getLogger(EventTopic.class);

  private static final String USED = "select partitions from kafka_topics where name = ?";

  /** The first of several replicas stores the number. */
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
   * How many partitions events use; asks a broker if that is not known.
   *
   * @throws KafkaException the topic does not exist, or no broker answers
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

  /** Makes the next call ask again, after a failure. */
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
      // Kafka never removes partitions, so this is another topic with that name, without earlier
      // events.
      log.warn(
          "The topic {} was created again: it had {} partitions and has {}",
          name,
          before,
          existing);
      jdbc.update("update kafka_topics set partitions = ? where name = ?", existing, name);
    }
    return Math.min(before, existing);
  }
}
