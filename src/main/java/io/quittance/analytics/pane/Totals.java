package io.quittance.analytics.pane;

import io.quittance.database.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.SortedMap;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * How many of each merchant's events had which outcome, in total. Rows are locked before any pane,
 * in the order of merchants, until the transaction ends. Thread-safe.
 */
@Component
public final class Totals {

  /**
   * Counts, or changes of counts.
   *
   * @param done events whose payment was found
   * @param pending events whose payment is still to be looked up
   * @param failed events whose payment does not exist, or for which there was no room to wait
   */
  public record Counts(
      long accepted,
      long duplicates,
      long late,
      long rejected,
      long done,
      long pending,
      long failed) {

    public static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0);

    /** The change when pending events have been looked up. */
    public static Counts lookedUp(long done, long failed) {
      return new Counts(0, 0, 0, 0, done, -(done + failed), failed);
    }

    public Counts plus(Counts more) {
      return new Counts(
          accepted + more.accepted,
          duplicates + more.duplicates,
          late + more.late,
          rejected + more.rejected,
          done + more.done,
          pending + more.pending,
          failed + more.failed);
    }

    /** All events that were sent. */
    public long received() {
      return accepted + duplicates + late + rejected;
    }
  }

  private static final String COLUMNS =
      """
      accepted, duplicates, late, rejected, enrichment_done, enrichment_pending, enrichment_failed
      """;

  private static final String ADD =
      """
      insert into analytics_totals as t (merchant_id, accepted, duplicates, late, rejected,
        enrichment_done, enrichment_pending, enrichment_failed) values (?, ?, ?, ?, ?, ?, ?, ?)
      on conflict (merchant_id) do update set
        accepted = t.accepted + excluded.accepted,
        duplicates = t.duplicates + excluded.duplicates,
        late = t.late + excluded.late,
        rejected = t.rejected + excluded.rejected,
        enrichment_done = t.enrichment_done + excluded.enrichment_done,
        enrichment_pending = t.enrichment_pending + excluded.enrichment_pending,
        enrichment_failed = t.enrichment_failed + excluded.enrichment_failed
      """;

  private static final String ADD_ON_H2 =
      """
      merge into analytics_totals t using (values (cast(? as uuid), cast(? as bigint),
        cast(? as bigint), cast(? as bigint), cast(? as bigint), cast(? as bigint),
        cast(? as bigint), cast(? as bigint))) k(id, a, du, l, r, do, p, f)
      on t.merchant_id = k.id
      when matched then update set accepted = accepted + a, duplicates = duplicates + du,
        late = late + l, rejected = rejected + r, enrichment_done = enrichment_done + do,
        enrichment_pending = enrichment_pending + p, enrichment_failed = enrichment_failed + f
      when not matched then insert (merchant_id, accepted, duplicates, late, rejected,
        enrichment_done, enrichment_pending, enrichment_failed) values (id, a, du, l, r, do, p, f)
      """;

  private final JdbcClient jdbc;
  private final String add;

  Totals(AnalyticsConnections connections, Dialect dialect) {
    this.jdbc = JdbcClient.create(connections.pool());
    this.add = dialect.either(ADD, ADD_ON_H2);
  }

  /** Adds to the totals of merchants, in the caller's transaction. */
  public void add(Connection connection, SortedMap<UUID, Counts> counts) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(add)) {
      for (Map.Entry<UUID, Counts> one : counts.entrySet()) {
        Counts more = one.getValue();
        statement.setObject(1, one.getKey());
        statement.setLong(2, more.accepted());
        statement.setLong(3, more.duplicates());
        statement.setLong(4, more.late());
        statement.setLong(5, more.rejected());
        statement.setLong(6, more.done());
        statement.setLong(7, more.pending());
        statement.setLong(8, more.failed());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  /** The counts of a merchant, as of now. */
  public Counts of(UUID merchantId) {
    return jdbc.sql("select " + COLUMNS + " from analytics_totals where merchant_id = ?")
        .param(merchantId)
        .query((rs, row) -> counts(rs))
        .optional()
        .orElse(Counts.NONE);
  }

  private static Counts counts(ResultSet rs) throws SQLException {
    return new Counts(
        rs.getLong("accepted"),
        rs.getLong("duplicates"),
        rs.getLong("late"),
        rs.getLong("rejected"),
        rs.getLong("enrichment_done"),
        rs.getLong("enrichment_pending"),
        rs.getLong("enrichment_failed"));
  }
}
