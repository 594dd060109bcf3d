package io.quittance.analytics.stream;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import io.quittance.analytics.intake.Body;
import io.quittance.analytics.intake.BodyKeys;
import io.quittance.analytics.intake.BodyKeys.Id;
import io.quittance.analytics.intake.BodyKeys.Stored;
import io.quittance.analytics.intake.BodyKeys.Use;
import io.quittance.analytics.intake.CommitMarks;
import io.quittance.analytics.intake.IntakeResponse;
import io.quittance.analytics.pane.AnalyticsConnections;
import io.quittance.database.Clocks;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores idempotency keys, with fingerprints and answers, before their bodies are sent, so that a
 * key is never used for two bodies, and a repeated body gets the same answer. Thread-safe.
 */
final class KeyClaims {

  private static final Logger log = LoggerFactory.getLogger(KeyClaims.class);
  private static final int CONFLICTS_MAX = 5;
  private static final BitSet NONE = new BitSet();

  /**
   * The keys of bodies.
   *
   * @param stored what is stored under each
   * @param fresh keys that were not used before, or were refused
   */
  record Claims(Map<Id, Stored> stored, Set<Id> fresh) {}

  private final AnalyticsConnections connections;
  private final BodyKeys keys;
  private final Clocks clocks;

  KeyClaims(AnalyticsConnections connections, BodyKeys keys, Clocks clocks) {
    this.connections = connections;
    this.keys = keys;
    this.clocks = clocks;
  }

  /** Claims the keys of the bodies that have one, for the first body of each key. */
  Claims claim(Collection<Body> bodies) throws SQLException {
    var wanted = new TreeMap<Id, Stored>();
    for (Body body : bodies) {
      Body.Key key = body.key();
      if (key != null) {
        var answer = IntakeResponse.of(body.content(), NONE);
        wanted.putIfAbsent(
            new Id(body.merchantId(), key.text()),
            new Stored(key.fingerprint(), answer, false, false));
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
        Map<Id, Stored> all = find(connection, wanted.keySet());
        var missing = new TreeMap<>(wanted);
        missing.keySet().removeAll(all.keySet());
        var again = new TreeMap<>(wanted);
        again.entrySet().removeIf(body -> !refused(all.get(body.getKey()), body.getValue()));
        keys.insert(connection, missing, clocks.later());
        keys.renew(connection, again);
        connection.commit();
        all.putAll(missing);
        all.putAll(again);
        var fresh = new HashSet<>(missing.keySet());
        fresh.addAll(again.keySet());
        return new Claims(all, fresh);
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      }
    }
  }

  private static boolean refused(@Nullable Stored before, Stored now) {
    return before != null
        && before.refused()
        && !before.counted()
        && before.fingerprint().equals(now.fingerprint());
  }

  /**
   * Marks bodies as refused before they are answered, so that a repetition counts as the first with
   * its key. Best effort: otherwise a repetition gets the stored answer.
   */
  void refuse(Collection<Body> bodies) {
    var ids = new TreeSet<Id>();
    for (Body body : bodies) {
      if (body.key() != null) {
        ids.add(new Id(body.merchantId(), body.key().text()));
      }
    }
    if (ids.isEmpty()) {
      return;
    }
    try (Connection connection = connections.pool().getConnection()) {
      keys.refuse(connection, ids);
      connection.commit();
    } catch (SQLException e) {
      log.warn(
          "{} idempotency keys of refused bodies stay claimed: {}", ids.size(), e.getMessage());
    }
  }

  private Map<Id, Stored> find(Connection connection, Collection<Id> ids) throws SQLException {
    var all = new HashMap<Id, Stored>();
    for (var own : byMerchant(ids).entrySet()) {
      all.putAll(keys.find(connection, own.getKey(), own.getValue()));
    }
    return all;
  }

  /** Finds what keys of several merchants are used for. */
  static Map<Id, Use> findUses(Connection connection, Collection<Id> ids) throws SQLException {
    var all = new HashMap<Id, Use>();
    for (var own : byMerchant(ids).entrySet()) {
      all.putAll(BodyKeys.findUses(connection, own.getKey(), own.getValue()));
    }
    return all;
  }

  private static Map<UUID, List<String>> byMerchant(Collection<Id> ids) {
    return ids.stream().collect(groupingBy(Id::merchantId, mapping(Id::key, toList())));
  }
}
