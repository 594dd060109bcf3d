package io.quittance.analytics.query;

import io.quittance.web.InputError.Code;
import io.quittance.web.InvalidInputException;
import io.quittance.web.query.QueryParameters;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a series.
 *
 * @param quantile 0.5 to 0.999, where there are quantiles
 */
record SeriesQuery(
    Metric metric, Granularity step, TimeRange range, Grouping grouping, double quantile) {

  static final Set<String> PARAMETERS =
      Set.of("metric", "from", "to", "step", "group_by", "quantile");

  private static final double USUAL_QUANTILE = 0.95;
  private static final Pattern DECIMAL = Pattern.compile("0\\.[0-9]{1,6}");

  /**
   * @throws io.quittance.web.Problem 400 with all that is wrong
   */
  static SeriesQuery of(QueryParameters query, Instant now) {
    Metric metric =
        query.read("metric", text -> InvalidInputException.oneOf(Metric.ALL, Metric::text, text));
    if (query.text("metric") == null) {
      query.reject("metric", Code.REQUIRED, "is required");
    }
    Granularity step =
        query.read(
            "step",
            text ->
                InvalidInputException.oneOf(
                    List.of(Granularity.values()), Granularity::text, text));
    Granularity steps = step == null ? Granularity.MINUTE : step;
    TimeRangeParameters time = TimeRangeParameters.of(query, steps, steps.usual(), now);
    Grouping grouping = metric == null ? new Grouping(List.of()) : Grouping.of(query, metric);
    double quantile = quantile(query, metric);
    query.check();
    return new SeriesQuery(
        Objects.requireNonNull(metric), steps, time.in(steps), grouping, quantile);
  }

  private static double quantile(QueryParameters query, @Nullable Metric metric) {
    Double quantile = query.read("quantile", SeriesQuery::quantile);
    if (query.text("quantile") != null && metric != null && !metric.hasQuantiles()) {
      query.reject(
          "quantile", Code.NOT_ALLOWED, "is allowed with the metric payments.latency only");
    }
    return quantile == null ? USUAL_QUANTILE : quantile;
  }

  private static double quantile(String text) {
    String rule = "must be a number from 0.5 to 0.999";
    if (!DECIMAL.matcher(text).matches()) {
      throw new InvalidInputException(Code.INVALID_FORMAT, rule);
    }
    double quantile = Double.parseDouble(text);
    if (quantile < 0.5 || quantile > 0.999) {
      throw new InvalidInputException(Code.OUT_OF_RANGE, rule);
    }
    return quantile;
  }
}
