package io.quittance.analytics.query;

import io.quittance.analytics.pane.PaneDeltas;
import io.quittance.analytics.pane.Sketch;
import io.quittance.analytics.pane.Step;
import io.quittance.analytics.pane.StoredSketches;
import io.quittance.analytics.payment.PendingDeltas;
import io.quittance.database.Dialect;
import io.quittance.database.SnapshotTemplate;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Reads a merchant's panes in one snapshot, together with changes that are committed and not rolled
 * up yet: a payment is counted once, as soon as it is committed, unless there is a long backlog.
 * Thread-safe.
 */
@Component
public final class PaneReader {

  private static final int FETCHED_SUMS = 10_000;

  /** Each has up to about ten kilobytes. */
  private static final int FETCHED_SKETCHES = 100;

  private final JdbcTemplate jdbc;
  private final TransactionTemplate snapshot;
  private final PendingDeltas pending;
  private final StoredSketches stored;
  private final Dialect dialect;

  PaneReader(
      JdbcTemplate jdbc,
      PlatformTransactionManager transactions,
      PendingDeltas pending,
      StoredSketches stored,
      Dialect dialect) {
    this.jdbc = jdbc;
    this.stored = stored;
    this.dialect = dialect;
    this.snapshot = new SnapshotTemplate(transactions, jdbc);
    this.pending = pending;
  }

  /** One merchant's panes as of one instant. Confined to the thread that opened it. */
  public final class Snapshot {

    private final UUID merchantId;
    private final PaneDeltas notRolledUp;

    private Snapshot(UUID merchantId) {
      this.merchantId = merchantId;
      this.notRolledUp = pending.read(jdbc, merchantId);
    }

    /**
     * Passes on the panes that begin in a time range, in no order.
     *
     * @param metrics the metrics to read, each with a supplier of empty sketches of its kind, or
     *     null if sketches are not needed
     */
    public void read(
        Map<String, @Nullable Supplier<? extends Sketch>> metrics,
        Step step,
        TimeRange range,
        Consumer<Pane> reader) {
      var labels = new LabelSets(() -> {});
      boolean sums = metrics.values().stream().allMatch(Objects::isNull);
      jdbc.query(
          sums ? PaneSql.SUMS : PaneSql.SKETCHES,
          statement -> {
            statement.setObject(1, merchantId);
            statement.setArray(
                2, statement.getConnection().createArrayOf("varchar", metrics.keySet().toArray()));
            statement.setInt(3, step.seconds());
            statement.setObject(4, time(range.from()));
            statement.setObject(5, time(range.to()));
          },
          row -> {
            String metric = row.getString("metric");
            reader.accept(pane(row, metric, labels, metrics.get(metric)));
          });
      readPending(metrics.keySet(), step, range, labels, reader);
    }

    /**
     * Passes on the panes of a metric that begin in a time range, in order of time. However many
     * there are, few are in memory at a time.
     *
     * @throws io.quittance.web.Problem 400: there are more than the limit
     */
    void readInOrder(
        String metric,
        Figures figures,
        Step step,
        TimeRange range,
        QueryLimit limit,
        Consumer<Pane> eachPane) {
      Consumer<Pane> reader = limit.counting(eachPane);
      var labels = new LabelSets(limit::addLabels);
      var waiting = new ArrayList<Pane>();
      readPending(Set.of(metric), step, range, labels, waiting::add);
      waiting.sort(Comparator.comparingLong(Pane::startsAt));
      var next = new ArrayDeque<>(waiting);
      jdbc.execute(dialect.either(PaneSql.BY_INDEX, "select 1"));
      jdbc.query(
          figures.select(),
          statement -> {
            // Otherwise the driver reads all rows before it returns the first.
            statement.setFetchSize(figures.sketches() == null ? FETCHED_SUMS : FETCHED_SKETCHES);
            bind(statement, 1, metric, step, range);
          },
          row -> {
            Pane pane = pane(row, metric, labels, figures.sketches());
            while (!next.isEmpty() && next.getFirst().startsAt() <= pane.startsAt()) {
              reader.accept(next.removeFirst());
            }
            reader.accept(pane);
          });
      next.forEach(reader);
    }

    /**
     * Passes on the totals of a metric over the panes that begin in a time range: one or a few for
     * each set of labels.
     *
     * @throws io.quittance.web.Problem 400: there are more than the limit
     */
    void readTotals(
        String metric, Step step, TimeRange range, QueryLimit limit, Consumer<Pane> eachPane) {
      Consumer<Pane> reader = limit.counting(eachPane);
      var labels = new LabelSets(limit::addLabels);
      jdbc.query(
          PaneSql.TOTALS,
          statement -> {
            statement.setFetchSize(FETCHED_SUMS);
            statement.setLong(1, range.from());
            bind(statement, 2, metric, step, range);
          },
          row -> {
            reader.accept(pane(row, metric, labels, null));
          });
      readPending(Set.of(metric), step, range, labels, reader);
    }

    private void bind(
        PreparedStatement statement, int first, String metric, Step step, TimeRange range)
        throws SQLException {
      statement.setObject(first, merchantId);
      statement.setString(first + 1, metric);
      statement.setInt(first + 2, step.seconds());
      statement.setObject(first + 3, time(range.from()));
      statement.setObject(first + 4, time(range.to()));
    }

    private void readPending(
        Set<String> metrics, Step step, TimeRange range, LabelSets labels, Consumer<Pane> reader) {
      notRolledUp.forEach(
          (key, delta) -> {
            long start = step.startOf(key.epochSecond());
            if (metrics.contains(key.metric()) && range.contains(start)) {
              reader.accept(
                  new Pane(
                      key.metric(),
                      start,
                      labels.of(key.labels().text()),
                      delta.totalOccurrences(),
                      delta.totalAmount(),
                      delta.sketch()));
            }
          });
    }

    private Pane pane(
        ResultSet row, String metric, LabelSets labels, @Nullable Supplier<? extends Sketch> empty)
        throws SQLException {
      long startsAt = row.getLong("starts");
      BigDecimal amount = row.getBigDecimal("amount");
      return new Pane(
          metric,
          startsAt,
          labels.of(row.getString("labels")),
          row.getLong("occurrences"),
          amount == null ? BigInteger.ZERO : amount.toBigInteger(),
          empty == null ? null : sketch(row.getBytes("sketch"), empty.get(), metric, startsAt));
    }

    private @Nullable Sketch sketch(
        byte @Nullable [] bytes, Sketch empty, String metric, long startsAt) {
      return bytes != null && stored.merge(bytes, empty, merchantId, metric, startsAt)
          ? empty
          : null;
    }

    /** The database's clock, by which payments are created. */
    public Instant now() {
      return dialect.now(jdbc);
    }
  }

  /** Runs a query on a snapshot. */
  public <T> T read(UUID merchantId, Function<Snapshot, T> query) {
    return Objects.requireNonNull(
        snapshot.execute(status -> query.apply(new Snapshot(merchantId))));
  }

  private static OffsetDateTime time(long second) {
    return Instant.ofEpochSecond(second).atOffset(ZoneOffset.UTC);
  }
}
