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
 * How far each partition has been counted, and by whom: each that takes a partition raises its
 * epoch, and commits with an older one no more, nor from an offset that is not there any more. A
 * topic that is made anew has another id, and is read from its beginning. Thread-safe.
 */
final class PartitionOffsets {

  /** A partition of a topic. Ordered, as partitions are locked in order. */
  record Partition(UUID topicId, int number) implements Comparable<Partition> {

    @Override
    public int compareTo(Partition other) {
      int byTopic = topicId.compareTo(other.topicId);
      return byTopic == 0 ? Integer.compare(number, other.number) : byTopic;
    }
  }

  /**
   * A partition in the hands of a consumer.
   *
   * @param epoch under which it commits
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

  /** What tells a topic from one of the same name that was there before. */
  static UUID id(TopicDescription topic) {
    return new UUID(
        topic.topicId().getMostSignificantBits(), topic.topicId().getLeastSignificantBits());
  }

  /** Takes a partition away from whoever had it; waits for what is being committed. */
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
   * Says that partitions have been counted so far, in the caller's transaction, which has to do so
   * before anything else. They have to be where the caller's last commit left them: a crash of the
   * database may have taken that commit back.
   *
   * @param next the new offset of each
   * @param held what the caller has of them, and of others
   * @throws FencedException one of them is not as it is held
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
   * Checks that nothing has changed but by the caller.
   *
   * @throws FencedException a partition is not as it is held
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
