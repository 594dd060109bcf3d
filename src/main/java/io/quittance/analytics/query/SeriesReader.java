package io.quittance.analytics.query;

import io.quittance.analytics.query.SeriesBody.LabeledSeries;
import io.quittance.analytics.query.SeriesBody.Point;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Makes series out of panes. Thread-safe. */
@Component
final class SeriesReader {

  private final PaneReader panes;

  SeriesReader(PaneReader panes) {
    this.panes = panes;
  }

  SeriesBody read(UUID merchantId, SeriesQuery query) {
    Map<SortedMap<String, String>, SortedMap<Long, Cell>> cells = new HashMap<>();
    Metric metric = query.metric();
    panes.read(
        merchantId,
        snapshot -> {
          snapshot.read(
              Collections.singletonMap(metric.panes(query.grouping()), metric.sketches()),
              query.step().panes(),
              query.span(),
              pane ->
                  metric.add(
                      pane,
                      cells
                          .computeIfAbsent(query.grouping().of(pane.labels()), _ -> new TreeMap<>())
                          .computeIfAbsent(
                              query.step().startOf(pane.startsAt()), _ -> new Cell())));
          return cells;
        });
    return new SeriesBody(metric, query.step(), series(cells, query));
  }

  /** In the order of their labels; a series without points is none. */
  private static List<LabeledSeries> series(
      Map<SortedMap<String, String>, SortedMap<Long, Cell>> cells, SeriesQuery query) {
    var all = new ArrayList<LabeledSeries>();
    cells.forEach(
        (labels, points) -> {
          List<Point> own = points(points, query);
          if (!own.isEmpty()) {
            all.add(new LabeledSeries(labels, own));
          }
        });
    all.sort(Comparator.comparing(one -> one.labels().toString()));
    return all;
  }

  private static List<Point> points(SortedMap<Long, Cell> cells, SeriesQuery query) {
    var points = new ArrayList<Point>(cells.size());
    cells.forEach(
        (second, cell) -> {
          BigDecimal value = query.metric().value(cell, query.quantile());
          if (value != null) {
            points.add(new Point(Instant.ofEpochSecond(second).toString(), value));
          }
        });
    return points;
  }
}
