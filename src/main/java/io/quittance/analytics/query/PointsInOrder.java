package io.quittance.analytics.query;

import io.quittance.analytics.query.SeriesBody.Point;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The points of one series, made of panes in order of time, so that only the last point needs a
 * sketch. Not thread-safe.
 */
final class PointsInOrder {

  private final SeriesQuery query;
  private final QueryLimit limit;
  private final List<Point> points = new ArrayList<>();
  private @Nullable Cell last;
  private long start;

  PointsInOrder(SeriesQuery query, QueryLimit limit) {
    this.query = query;
    this.limit = limit;
  }

  /**
   * @param pane no earlier than the one before
   * @throws io.quittance.web.Problem 400: there are too many points
   */
  void add(Pane pane) {
    long second = query.step().startOf(pane.startsAt());
    if (last == null || second != start) {
      end();
      last = new Cell();
      start = second;
    }
    query.metric().add(pane, last);
  }

  /** All points that are not empty. Nothing can be added afterwards. */
  List<Point> end() {
    BigDecimal value = last == null ? null : query.metric().value(last, query.quantile());
    if (value != null) {
      limit.addPoint();
      points.add(new Point(Instant.ofEpochSecond(start).toString(), value));
    }
    last = null;
    return points;
  }
}
