package io.quittance.analytics.query;

import io.quittance.analytics.pane.Sketch;
import io.quittance.analytics.payment.PaymentPanes;
import io.quittance.analytics.query.TopBody.TopRow;
import io.quittance.analytics.query.TopQuery.By;
import io.quittance.analytics.query.TopQuery.Measure;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Finds the largest payees, types or payers. Payees and types are added up exactly, payers with a
 * sketch. Thread-safe.
 */
@Component
final class TopReader {

  private static final Comparator<TopRow> LARGEST_FIRST =
      Comparator.comparing(TopRow::value).reversed().thenComparing(TopRow::key);

  /**
   * @param currency null if currencies are not distinguished
   */
  private record Key(String value, @Nullable String currency) {}

  private final PaneReader panes;

  TopReader(PaneReader panes) {
    this.panes = panes;
  }

  TopBody read(UUID merchantId, TopQuery query) {
    List<TopRow> rows =
        panes.read(
            merchantId,
            snapshot -> query.by() == By.PAYER ? payers(snapshot, query) : sums(snapshot, query));
    return new TopBody(rows.stream().sorted(LARGEST_FIRST).limit(query.limit()).toList());
  }

  private static List<TopRow> sums(PaneReader.Snapshot snapshot, TopQuery query) {
    boolean money = query.measure() == Measure.AMOUNT;
    String label = query.by().text();
    Metric metric = metric(query);
    Map<Key, Cell> cells = new HashMap<>();
    snapshot.readTotals(
        metric.panes(new Grouping(List.of(label))),
        query.step().panes(),
        query.range(),
        limit(),
        pane -> {
          String value = pane.labels().get(label);
          String currency = money ? pane.labels().get(PaymentPanes.CURRENCY) : null;
          if (value != null && (currency != null || !money)) {
            metric.add(pane, cells.computeIfAbsent(new Key(value, currency), _ -> new Cell()));
          }
        });
    return cells.entrySet().stream()
        .map(
            cell ->
                new TopRow(
                    cell.getKey().value(),
                    money
                        ? cell.getValue().amount()
                        : BigInteger.valueOf(cell.getValue().occurrences()),
                    cell.getKey().currency()))
        .filter(row -> row.value().signum() > 0)
        .toList();
  }

  private static Metric metric(TopQuery query) {
    boolean money = query.measure() == Measure.AMOUNT;
    return query.by() == By.TYPE
        ? money ? Metric.EVENTS_AMOUNT : Metric.EVENTS_COUNT
        : money ? Metric.PAYMENTS_AMOUNT : Metric.PAYMENTS_COUNT;
  }

  /** Amounts by currency, numbers over all currencies. */
  private static List<TopRow> payers(PaneReader.Snapshot snapshot, TopQuery query) {
    boolean money = query.measure() == Measure.AMOUNT;
    Map<String, Sketch.Frequent> found = new HashMap<>();
    snapshot.readInOrder(
        money ? PaymentPanes.LARGE_PAYERS : PaymentPanes.FREQUENT_PAYERS,
        new Figures(false, Sketch.Frequent::new),
        query.step().panes(),
        query.range(),
        limit(),
        pane -> {
          String currency = money ? pane.labels().getOrDefault(PaymentPanes.CURRENCY, "") : "";
          if (pane.sketch() != null) {
            found.computeIfAbsent(currency, _ -> new Sketch.Frequent()).merge(pane.sketch());
          }
        });
    return found.entrySet().stream()
        .flatMap(one -> rows(one.getValue(), money ? one.getKey() : null, query.limit()))
        .toList();
  }

  private static QueryLimit limit() {
    return new QueryLimit("from", "must be closer to `to`");
  }

  private static Stream<TopRow> rows(Sketch.Frequent payers, @Nullable String currency, int limit) {
    return payers.heaviest(limit).stream()
        .map(one -> new TopRow(one.value(), one.weight(), currency));
  }
}
