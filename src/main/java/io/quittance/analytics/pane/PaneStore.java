package io.quittance.analytics.pane;

import io.quittance.database.Dialect;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.stereotype.Component;

/**
 * Adds to panes in the caller's transaction. Panes are locked in one order, so a transaction calls
 * {@link #add} only once, after it has taken all other locks. Thread-safe.
 */
@Component
public final class PaneStore {

  private static final int ROWS_PER_STATEMENT_MAX = 2000;

  private static final String KEYS =
      """
      unnest(cast(? as uuid array), cast(? as varchar array), cast(? as integer array),
             cast(? as timestamp with time zone array), cast(? as varchar array)%s)
      """;

  private static final String SUMS =
      KEYS.formatted(", cast(? as bigint array), cast(? as numeric(38) array)");

  private static final String COLUMNS = "merchant_id, metric, step, starts_at, labels";

  private static final String SAME =
      """
      t.merchant_id = k.merchant_id and t.metric = k.metric and t.step = k.step
        and t.starts_at = k.starts_at and t.labels = k.labels
      """;

  private static final String ADD =
      "insert into analytics_panes as t ("
          + COLUMNS
          + ", occurrences, amount) select * from "
          + SUMS
          + " on conflict ("
          + COLUMNS
          + """
            ) do update set occurrences = t.occurrences + excluded.occurrences,
                            amount = t.amount + excluded.amount
            """;

  private static final String ADD_ON_H2 =
      "merge into analytics_panes t using (select * from "
          + SUMS
          + ") k("
          + COLUMNS
          + ", occurrences, amount) on "
          + SAME
          + """
            when matched then update set occurrences = t.occurrences + k.occurrences,
                                         amount = t.amount + k.amount
            when not matched then insert (merchant_id, metric, step, starts_at, labels, occurrences,
              amount) values (k.merchant_id, k.metric, k.step, k.starts_at, k.labels, k.occurrences,
              k.amount)
            """;

  private static final String SKETCHES =
      "select t.merchant_id, t.metric, t.step, t.starts_at, t.labels, t.sketch from "
          + KEYS.formatted("")
          + " as k("
          + COLUMNS
          + ") join analytics_panes t on "
          + SAME
          + " where t.sketch is not null";

  private static final String WRITE_SKETCH =
      """
      update analytics_panes set sketch = ?
       where merchant_id = ? and metric = ? and step = ? and starts_at = ? and labels = ?
      """;

  private final Dialect dialect;
  private final StoredSketches sketches;
  private final String add;

  public PaneStore(Dialect dialect, StoredSketches sketches) {
    this.dialect = dialect;
    this.sketches = sketches;
    add = dialect.either(ADD, ADD_ON_H2);
  }

  /**
   * Adds the deltas to the panes of every step, except to panes that are older than their
   * retention.
   *
   * @param connection in a transaction, which is not ended here
   */
  public void add(Connection connection, PaneDeltas deltas, Instant now) throws SQLException {
    List<Map.Entry<PaneRow, PaneDelta>> rows = List.copyOf(rows(deltas, now).entrySet());
    for (int from = 0, to; from < rows.size(); from = to) {
      to = end(rows, from);
      var some = rows.subList(from, to);
      addSums(connection, some);
      mergeSketches(
          connection, some.stream().filter(row -> row.getValue().sketch() != null).toList());
    }
  }

  /**
   * The end of the statement that starts with a row: on Citus all rows of a statement are one
   * merchant's.
   */
  private int end(List<Map.Entry<PaneRow, PaneDelta>> rows, int from) {
    UUID merchant = rows.get(from).getKey().merchantId();
    int limit = Math.min(rows.size(), from + ROWS_PER_STATEMENT_MAX);
    int end = from + 1;
    while (end < limit
        && (!dialect.distributed() || rows.get(end).getKey().merchantId().equals(merchant))) {
      end++;
    }
    return end;
  }

  private static SortedMap<PaneRow, PaneDelta> rows(PaneDeltas deltas, Instant now) {
    var rows = new TreeMap<PaneRow, PaneDelta>();
    for (Step step : Step.values()) {
      long oldest = now.getEpochSecond() - step.retention().toSeconds();
      deltas.forEach(
          (key, delta) -> {
            PaneRow row = PaneRow.of(key, step);
            if (row.startsAt() >= oldest) {
              rows.computeIfAbsent(row, _ -> new PaneDelta()).add(delta);
            }
          });
    }
    rows.values().removeIf(PaneDelta::changesNothing);
    return rows;
  }

  private void addSums(Connection connection, List<Map.Entry<PaneRow, PaneDelta>> rows)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(add)) {
      int parameter = bindKeys(statement, rows);
      bind(statement, parameter++, "bigint", rows, row -> row.getValue().totalOccurrences());
      bind(
          statement,
          parameter,
          "numeric",
          rows,
          row -> new BigDecimal(row.getValue().totalAmount()));
      statement.executeUpdate();
    }
  }

  /**
   * The rows are locked already, because the sums have been added to them. A stored sketch that
   * cannot be read is replaced.
   */
  private void mergeSketches(Connection connection, List<Map.Entry<PaneRow, PaneDelta>> rows)
      throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    var merged = new TreeMap<PaneRow, Sketch>();
    var stored = new HashMap<PaneRow, byte[]>();
    rows.forEach(row -> merged.put(row.getKey(), Objects.requireNonNull(row.getValue().sketch())));
    try (PreparedStatement statement =
        connection.prepareStatement(SKETCHES + dialect.ofMerchants("t"))) {
      int parameter = bindKeys(statement, rows);
      dialect.bindMerchants(
          statement, parameter, rows.stream().map(row -> row.getKey().merchantId()).toArray());
      try (ResultSet rs = statement.executeQuery()) {
        while (rs.next()) {
          PaneRow row = row(rs);
          byte[] sketch = rs.getBytes("sketch");
          sketches.merge(
              sketch,
              Objects.requireNonNull(merged.get(row)),
              row.merchantId(),
              row.metric(),
              row.startsAt());
          stored.put(row, sketch);
        }
      }
    }
    try (PreparedStatement statement = connection.prepareStatement(WRITE_SKETCH)) {
      for (var one : merged.entrySet()) {
        PaneRow row = one.getKey();
        byte[] sketch = one.getValue().bytes();
        if (Arrays.equals(sketch, stored.get(row))) {
          // Most sessions have been seen before, and change nothing.
          continue;
        }
        statement.setBytes(1, sketch);
        statement.setObject(2, row.merchantId());
        statement.setString(3, row.metric());
        statement.setInt(4, row.step().seconds());
        statement.setObject(5, time(row.startsAt()));
        statement.setString(6, row.labels().text());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  private static PaneRow row(ResultSet rs) throws SQLException {
    return new PaneRow(
        rs.getObject("merchant_id", UUID.class),
        rs.getString("metric"),
        Step.of(rs.getInt("step")),
        rs.getObject("starts_at", OffsetDateTime.class).toEpochSecond(),
        new Labels(rs.getString("labels")));
  }

  private static int bindKeys(PreparedStatement statement, List<Map.Entry<PaneRow, PaneDelta>> rows)
      throws SQLException {
    bind(statement, 1, "uuid", rows, row -> row.getKey().merchantId());
    bind(statement, 2, "varchar", rows, row -> row.getKey().metric());
    bind(statement, 3, "integer", rows, row -> row.getKey().step().seconds());
    bind(statement, 4, "varchar", rows, row -> time(row.getKey().startsAt()).toString());
    bind(statement, 5, "varchar", rows, row -> row.getKey().labels().text());
    return 6;
  }

  private static void bind(
      PreparedStatement statement,
      int parameter,
      String type,
      List<Map.Entry<PaneRow, PaneDelta>> rows,
      Function<Map.Entry<PaneRow, PaneDelta>, Object> value)
      throws SQLException {
    Object[] values = rows.stream().map(value).toArray();
    statement.setArray(parameter, statement.getConnection().createArrayOf(type, values));
  }

  private static OffsetDateTime time(long epochSecond) {
    return Instant.ofEpochSecond(epochSecond).atOffset(ZoneOffset.UTC);
  }
}
