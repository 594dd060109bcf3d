package io.quittance.analytics.name;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.quittance.analytics.pane.AnalyticsConnections;
import io.quittance.analytics.pane.AnalyticsProperties;
import io.quittance.analytics.pane.Totals;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * The names of each merchant's panes. They are stored, so that all replicas together keep to the
 * limits, and a restart loses none. Thread-safe.
 */
@Component
public final class Vocabularies {

  private static final int MERCHANTS_CACHED_MAX = 10_000;

  private static final String FIND =
      "select space, name from analytics_names where merchant_id = ? order by space, name";

  private static final String INSERT =
      "insert into analytics_names (merchant_id, space, name) values (?, ?, ?)";

  private final AnalyticsConnections connections;
  private final Totals totals;
  private final Vocabulary empty;
  private final Cache<UUID, Vocabulary> known =
      Caffeine.newBuilder().maximumSize(MERCHANTS_CACHED_MAX).build();

  Vocabularies(AnalyticsConnections connections, Totals totals, AnalyticsProperties properties) {
    this.connections = connections;
    this.totals = totals;
    this.empty =
        new Vocabulary(new Vocabulary.Limits(properties.maxTypes(), properties.maxLabelValues()));
  }

  /**
   * A merchant's names, as far as this replica knows them; read from the database the first time.
   */
  public Vocabulary of(UUID merchantId) throws SQLException {
    Vocabulary cached = known.getIfPresent(merchantId);
    if (cached != null) {
      return cached;
    }
    try (Connection connection = connections.pool().getConnection()) {
      Vocabulary read = read(connection, merchantId);
      connection.rollback();
      return keep(merchantId, read);
    }
  }

  /**
   * Assigns names, and stores those for which there is room.
   *
   * @throws SQLException the names are not assigned
   */
  public void assign(UUID merchantId, Collection<Name> names) throws SQLException {
    Vocabulary vocabulary = of(merchantId);
    if (!vocabulary.admissible(names).isEmpty()) {
      vocabulary = admit(merchantId, names);
    }
    vocabulary.assign(names);
  }

  private Vocabulary admit(UUID merchantId, Collection<Name> names) throws SQLException {
    try (Connection connection = connections.pool().getConnection()) {
      try {
        totals.add(connection, new TreeMap<>(Map.of(merchantId, Totals.Counts.NONE)));
        Vocabulary stored = read(connection, merchantId);
        List<Name> admitted = stored.admissible(names);
        insert(connection, merchantId, admitted);
        connection.commit();
        return keep(merchantId, stored.with(admitted));
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      }
    }
  }

  private Vocabulary keep(UUID merchantId, Vocabulary newer) {
    return known.asMap().merge(merchantId, newer, (a, b) -> a.size() > b.size() ? a : b);
  }

  private Vocabulary read(Connection connection, UUID merchantId) throws SQLException {
    var names = new ArrayList<Name>();
    try (PreparedStatement statement = connection.prepareStatement(FIND)) {
      statement.setObject(1, merchantId);
      try (ResultSet rs = statement.executeQuery()) {
        while (rs.next()) {
          names.add(Name.unassigned(rs.getString("space"), rs.getString("name")));
        }
      }
    }
    return empty.with(names);
  }

  private static void insert(Connection connection, UUID merchantId, List<Name> names)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
      for (Name name : names) {
        statement.setObject(1, merchantId);
        statement.setString(2, name.space());
        statement.setString(3, name.text());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }
}
