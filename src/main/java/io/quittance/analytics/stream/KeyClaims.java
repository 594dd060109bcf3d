package io.quittance.analytics.stream;

import io.quittance.analytics.intake.Body;
import io.quittance.analytics.intake.BodyKeys;
import io.quittance.analytics.intake.BodyKeys.Id;
import io.quittance.analytics.intake.BodyKeys.Stored;
import io.quittance.analytics.intake.CommitMarks;
import io.quittance.analytics.intake.IntakeAnswer;
import io.quittance.analytics.pane.AnalyticsConnections;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Stores keys, with fingerprints and answers, before their bodies are sent: so that the same key is
 * never used for two bodies, and a body that comes again gets the same answer. Thread-safe.
 */
final class KeyClaims {

  private static final int CONFLICTS_MAX = 5;
  private static final BitSet NONE = new BitSet();

  /**
   * Keys of bodies.
   *
   * @param stored what was stored under each, by now
   * @param fresh those that were not used before
   */
  record Claims(Map<Id, Stored> stored, Set<Id> fresh) {}

  private final AnalyticsConnections connections;
  private final BodyKeys keys;
  private final Clock clock;

  KeyClaims(AnalyticsConnections connections, BodyKeys keys, Clock clock) {
    this.connections = connections;
    this.keys = keys;
    this.clock = clock;
  }

  /** Claims the keys of those bodies that have one; the first body of a key has it. */
  Claims claim(Collection<Body> bodies) throws SQLException {
    var wanted = new TreeMap<Id, Stored>();
    for (Body body : bodies) {
      Body.Key key = body.key();
      if (key != null) {
        var answer = IntakeAnswer.of(body.content(), NONE);
        wanted.putIfAbsent(
            new Id(body.merchantId(), key.text()), new Stored(key.fingerprint(), answer, false));
      }
    }
    if (wanted.isEmpty()) {
      return new Claims(Map.of(), Set.of());
    }
    for (int conflicts = 0; ; conflicts++) {
      try {
        return claim(wanted);
      } catch (SQLException e) {
        if (conflicts == CONFLICTS_MAX || !CommitMarks.conflict(e)) {
          throw e;
        }
      }
    }
  }

  private Claims claim(TreeMap<Id, Stored> wanted) throws SQLException {
    try (Connection connection = connections.pool().getConnection()) {
      try {
        Map<Id, Stored> all = find(connection, keys, wanted.keySet());
        var missing = new TreeMap<>(wanted);
        missing.keySet().removeAll(all.keySet());
        keys.insert(connection, missing, clock.instant());
        connection.commit();
        all.putAll(missing);
        return new Claims(all, new HashSet<>(missing.keySet()));
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      }
    }
  }

  /** What is stored under keys of several merchants. */
  static Map<Id, Stored> find(Connection connection, BodyKeys keys, Collection<Id> ids)
      throws SQLException {
    Map<UUID, List<Id>> byMerchant = ids.stream().collect(Collectors.groupingBy(Id::merchantId));
    var all = new HashMap<Id, Stored>();
    for (var own : byMerchant.entrySet()) {
      all.putAll(
          keys.find(connection, own.getKey(), own.getValue().stream().map(Id::key).toList()));
    }
    return all;
  }
}
