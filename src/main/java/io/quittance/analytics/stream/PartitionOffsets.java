package io.quittance.analytics.stream;

import io.quittance.analytics.intake.CommitMarks;
import io.quittance.analytics.pane.AnalyticsConnections;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.UUID;
import org.apache.kafka.clients.admin.TopicDescription;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Stores how far each partition has been counted, and by which consumer. A consumer that takes a
 * partition raises its epoch; commits with an older epoch, or from another offset than the stored
 * one, fail. A topic that is created again has another id, and is read from its beginning.
 * Thread-safe.
 */
final class PartitionOffsets {

  /** A partition of a topic, ordered as partitions are locked. */
  record Partition(UUID topicId, int number) implements Comparable<Partition> {

    @Override
    public int compareTo(Partition other) {
      int byTopic = topicId.compareTo(other.topicId);
      return byTopic == 0 ? Integer.compare(number, other.number) : byTopic;
    }
  }

  /**
   * A partition that a consumer has taken.
   *
   * @param epoch under which the consumer commits
   * @param next the offset of the first record that has not been counted
   */
  record Taken(long epoch, long next) {}

  private static final String RAISE =
      """
      update analytics_offsets set epoch = epoch + 1 where topic_id = ? and partition_number = ?
      """;

  private static final String FIRST =
      """
      insert into analytics_offsets (topic_id, partition_number, epoch, next_offset)
      values (?, ?, 1, 0)
      """;

  private static final String READ =
      """
      select epoch, next_offset from analytics_offsets where topic_id = ? and partition_number = ?
      """;

  private static final String ADVANCE =
      """
      update analytics_offsets set next_offset = ?
       where topic_id = ? and partition_number = ? and epoch = ? and next_offset = ?
      """;

  private static final String ALL =
      "select topic_id, partition_number, next_offset from analytics_offsets";

  private static final int ATTEMPTS = 2;

  private final AnalyticsConnections connections;
  private final JdbcClient jdbc;

  PartitionOffsets(AnalyticsConnections connections) {
    this.connections = connections;
    this.jdbc = JdbcClient.create(connections.pool());
  }

  /** The id of a topic, which differs from that of an earlier topic with the same name. */
  static UUID id(TopicDescription topic) {
    return new UUID(
        topic.topicId().getMostSignificantBits(), topic.topicId().getLeastSignificantBits());
  }

  /** Takes a partition from its consumer; waits for a commit in progress. */
  Taken take(Partition partition) throws SQLException {
    try (Connection connection = connections.pool().getConnection()) {
      for (int attempt = 1; ; attempt++) {
        try {
          if (update(connection, RAISE, partition) == 0) {
            update(connection, FIRST, partition);
          }
          Taken taken = Objects.requireNonNull(read(connection, partition));
          connection.commit();
          return taken;
        } catch (SQLException e) {
          connection.rollback();
          if (attempt == ATTEMPTS || !CommitMarks.conflict(e)) {
            throw e;
          }
        }
      }
    }
  }

  private static int update(Connection connection, String sql, Partition partition)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setObject(1, partition.topicId());
      statement.setInt(2, partition.number());
      return statement.executeUpdate();
    }
  }

  private static @Nullable Taken read(Connection connection, Partition partition)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(READ)) {
      statement.setObject(1, partition.topicId());
      statement.setInt(2, partition.number());
      try (ResultSet rs = statement.executeQuery()) {
        return rs.next() ? new Taken(rs.getLong("epoch"), rs.getLong("next_offset")) : null;
      }
    }
  }

  /**
   * Stores new offsets of partitions, in the caller's transaction and before anything else in it.
   * The stored offsets have to be those of the caller's last commit, which a crash of the database
   * may have undone.
   *
   * @param next the new offset of each
   * @param held the partitions that the caller has taken
   * @throws FencedException the database has another epoch or offset for one of them
   */
  static void advance(
      Connection connection, SortedMap<Partition, Long> next, Map<Partition, Taken> held)
      throws SQLException, FencedException {
    try (PreparedStatement statement = connection.prepareStatement(ADVANCE)) {
      for (var entry : next.entrySet()) {
        Partition partition = entry.getKey();
        Taken from = Objects.requireNonNull(held.get(partition));
        statement.setLong(1, entry.getValue());
        statement.setObject(2, partition.topicId());
        statement.setInt(3, partition.number());
        statement.setLong(4, from.epoch());
        statement.setLong(5, from.next());
        if (statement.executeUpdate() == 0) {
          throw new FencedException(partition.number());
        }
      }
    }
  }

  /**
   * Checks that only the caller has changed the partitions.
   *
   * @throws FencedException the database has another epoch or offset for one of them
   */
  void check(Map<Partition, Taken> held) throws SQLException, FencedException {
    try (Connection connection = connections.pool().getConnection()) {
      for (var partition : held.entrySet()) {
        if (!partition.getValue().equals(read(connection, partition.getKey()))) {
          throw new FencedException(partition.getKey().number());
        }
      }
      connection.commit();
    }
  }

  /** The next offset of every partition that was ever taken. */
  Map<Partition, Long> all() {
    var all = new HashMap<Partition, Long>();
    jdbc.sql(ALL)
        .query(
            rs -> {
              all.put(new Partition(rs.getObject(1, UUID.class), rs.getInt(2)), rs.getLong(3));
            });
    return all;
  }
}
