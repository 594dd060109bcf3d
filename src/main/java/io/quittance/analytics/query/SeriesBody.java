package io.quittance.analytics.query;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/** Series of one metric, as JSON. */
record SeriesBody(Metric metric, Granularity step, List<LabeledSeries> series) {

  /** The points that have these labels in common, in order. */
  record LabeledSeries(Map<String, String> labels, List<Point> points) {}

  /**
   * The value of one step, which starts at an instant.
   *
   * @param at an RFC 3339 time, in whole seconds of UTC
   */
  @JsonFormat(shape = JsonFormat.Shape.ARRAY)
  record Point(String at, BigDecimal value) {}
}
