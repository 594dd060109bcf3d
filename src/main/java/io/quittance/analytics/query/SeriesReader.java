package io.quittance.analytics.query;

import io.quittance.analytics.query.SeriesBody.LabeledSeries;
import io.quittance.analytics.query.SeriesBody.Point;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Computes series from panes. Thread-safe. */
@Component
final class SeriesReader {

  private final PaneReader panes;

  SeriesReader(PaneReader panes) {
    this.panes = panes;
  }

  /**
   * @throws io.quittance.web.Problem 400: it is too much for one answer
   */
  SeriesBody read(UUID merchantId, SeriesQuery query) {
    Metric metric = query.metric();
    var limit =
        new QueryLimit("step", "must be longer, or the time range shorter, or the groups fewer");
    Map<SortedMap<String, String>, PointsInOrder> series =
        panes.read(
            merchantId,
            snapshot -> {
              var all = new HashMap<SortedMap<String, String>, PointsInOrder>();
              // Panes with the same labels share one map.
              var byLabels = new IdentityHashMap<Map<String, String>, PointsInOrder>();
              snapshot.readInOrder(
                  metric.panes(query.grouping()),
                  new Figures(metric.isMoney(), metric.sketches()),
                  query.step().panes(),
                  query.range(),
                  limit,
                  pane ->
                      byLabels
                          .computeIfAbsent(
                              pane.labels(),
                              labels ->
                                  all.computeIfAbsent(
                                      query.grouping().of(labels),
                                      _ -> new PointsInOrder(query, limit)))
                          .add(pane));
              return all;
            });
    return new SeriesBody(metric, query.step(), inOrder(series));
  }

  /** Series in the order of their labels, without empty ones. */
  private static List<LabeledSeries> inOrder(Map<SortedMap<String, String>, PointsInOrder> series) {
    var all = new ArrayList<LabeledSeries>();
    series.forEach(
        (labels, points) -> {
          List<Point> own = points.end();
          if (!own.isEmpty()) {
            all.add(new LabeledSeries(labels, own));
          }
        });
    all.sort(Comparator.comparing(one -> one.labels().toString()));
    return all;
  }
}
