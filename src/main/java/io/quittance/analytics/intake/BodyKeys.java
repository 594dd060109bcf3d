package io.quittance.analytics.intake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * The idempotency keys of bodies, and their answers. The primary key decides: if two replicas add a
 * key at the same time, one fails, and then finds the row of the other. Thread-safe.
 */
@Component
public final class BodyKeys {

  private static final String FIND =
      """
      select idempotency_key, fingerprint, answer, counted, refused
        from analytics_bodies
       where merchant_id = ? and idempotency_key = any(?)
      """;

  private static final String FIND_USES =
      """
      select idempotency_key, fingerprint, counted
        from analytics_bodies
       where merchant_id = ? and idempotency_key = any(?)
      """;

  private static final String INSERT =
      """
      insert into analytics_bodies (
        merchant_id, idempotency_key, fingerprint, answer, counted, created_at)
      values (?, ?, ?, ?, ?, ?)
      """;

  private static final String COUNT =
      """
      update analytics_bodies set counted = true
       where merchant_id = ? and idempotency_key = ? and not counted
      """;

  private static final String REFUSE =
      """
      update analytics_bodies set refused = true
       where merchant_id = ? and idempotency_key = ? and not counted
      """;

  private static final String RENEW =
      """
      update analytics_bodies set answer = ?, refused = false
       where merchant_id = ? and idempotency_key = ? and refused and not counted
      """;

  /** serialization_failure, so that the conflict is handled like one that the database reports. */
  private static final String CONFLICT = "40001";

  /** The key of a body, ordered as rows are locked. */
  public record Id(UUID merchantId, String key) implements Comparable<Id> {

    @Override
    public int compareTo(Id other) {
      int byMerchant = merchantId.compareTo(other.merchantId);
      return byMerchant == 0 ? key.compareTo(other.key) : byMerchant;
    }
  }

  /**
   * What was sent, and what was answered.
   *
   * @param counted whether its events have been counted; if not, the first to come counts them
   * @param refused whether, after it was stored, the client was told that nothing was taken
   */
  public record Stored(
      String fingerprint, IntakeResponse answer, boolean counted, boolean refused) {

    public Stored asCounted() {
      return new Stored(fingerprint, answer, true, refused);
    }
  }

  /**
   * What a key is used for, without the answer.
   *
   * @param counted as above
   */
  public record Use(String fingerprint, boolean counted) {

    public Use asCounted() {
      return new Use(fingerprint, true);
    }
  }

  /** Reads a row. */
  @FunctionalInterface
  private interface Row<T> {
    T read(ResultSet rs) throws SQLException;
  }

  private final ObjectMapper json;

  BodyKeys(ObjectMapper json) {
    this.json = json;
  }

  /** Finds those of a merchant's keys that were used before. */
  public Map<Id, Stored> find(Connection connection, UUID merchantId, Collection<String> keys)
      throws SQLException {
    return find(
        connection,
        FIND,
        merchantId,
        keys,
        rs ->
            new Stored(
                rs.getString("fingerprint"),
                answer(rs.getString("answer")),
                rs.getBoolean("counted"),
                rs.getBoolean("refused")));
  }

  /**
   * As above, without the answers, so that an answer that cannot be read does not prevent counting.
   */
  public static Map<Id, Use> findUses(
      Connection connection, UUID merchantId, Collection<String> keys) throws SQLException {
    return find(
        connection,
        FIND_USES,
        merchantId,
        keys,
        rs -> new Use(rs.getString("fingerprint"), rs.getBoolean("counted")));
  }

  private static <T> Map<Id, T> find(
      Connection connection, String sql, UUID merchantId, Collection<String> keys, Row<T> row)
      throws SQLException {
    Map<Id, T> found = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setObject(1, merchantId);
      statement.setArray(2, connection.createArrayOf("varchar", keys.toArray()));
      try (ResultSet rs = statement.executeQuery()) {
        while (rs.next()) {
          found.put(new Id(merchantId, rs.getString("idempotency_key")), row.read(rs));
        }
      }
    }
    return found;
  }

  /** Adds keys, in the caller's transaction. */
  public void insert(Connection connection, SortedMap<Id, Stored> bodies, Instant now)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
      for (var body : bodies.entrySet()) {
        statement.setObject(1, body.getKey().merchantId());
        statement.setString(2, body.getKey().key());
        statement.setString(3, body.getValue().fingerprint());
        statement.setString(4, text(body.getValue().answer()));
        statement.setBoolean(5, body.getValue().counted());
        statement.setObject(6, now.atOffset(ZoneOffset.UTC));
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  /**
   * Marks bodies as counted, in the caller's transaction.
   *
   * @throws SQLException another replica has counted one of them, or for another reason
   */
  public void count(Connection connection, SortedSet<Id> ids) throws SQLException {
    if (update(connection, COUNT, ids) != ids.size()) {
      throw new SQLTransactionRollbackException("a body was counted by another replica", CONFLICT);
    }
  }

  /** Marks bodies as refused, in the caller's transaction, unless they are counted. */
  public void refuse(Connection connection, SortedSet<Id> ids) throws SQLException {
    update(connection, REFUSE, ids);
  }

  /** How many rows were changed. */
  private static int update(Connection connection, String sql, SortedSet<Id> ids)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (Id id : ids) {
        statement.setObject(1, id.merchantId());
        statement.setString(2, id.key());
        statement.addBatch();
      }
      return Arrays.stream(statement.executeBatch()).sum();
    }
  }

  /**
   * Stores new answers to bodies that were refused, in the caller's transaction.
   *
   * @throws SQLException another replica has done so for one of them, among other reasons
   */
  public void renew(Connection connection, SortedMap<Id, Stored> bodies) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(RENEW)) {
      for (var body : bodies.entrySet()) {
        statement.setString(1, text(body.getValue().answer()));
        statement.setObject(2, body.getKey().merchantId());
        statement.setString(3, body.getKey().key());
        statement.addBatch();
      }
      if (Arrays.stream(statement.executeBatch()).sum() != bodies.size()) {
        throw new SQLTransactionRollbackException(
            "a refused body was sent again to another replica", CONFLICT);
      }
    }
  }

  private String text(IntakeResponse answer) {
    try {
      return json.writeValueAsString(answer);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer cannot be written as JSON", e);
    }
  }

  private IntakeResponse answer(String text) {
    try {
      return json.readValue(text, IntakeResponse.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a stored answer cannot be read", e);
    }
  }
}
