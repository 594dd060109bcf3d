package io.quittance.analytics.query;

import com.fasterxml.jackson.annotation.JsonValue;
import io.quittance.web.InvalidInputException;
import io.quittance.web.query.QueryParameters;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** The parameters of a query for the largest. */
record TopQuery(By by, Measure measure, TimeRange range, Granularity step, int limit) {

  /** Whose figures are compared. */
  enum By {
    PAYEE,
    PAYER,
    TYPE;

    @JsonValue
    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** By which figure they are compared. */
  enum Measure {
    COUNT,
    AMOUNT;

    @JsonValue
    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static final Set<String> PARAMETERS = Set.of("by", "metric", "from", "to", "limit");

  private static final Duration USUAL = Duration.ofHours(1);
  private static final int USUAL_LIMIT = 20;
  private static final int LIMIT_MAX = 100;

  /**
   * @throws io.quittance.web.Problem 400 with all that is wrong
   */
  static TopQuery of(QueryParameters query, Instant now) {
    By by =
        query.read("by", text -> InvalidInputException.oneOf(List.of(By.values()), By::text, text));
    Measure measure =
        query.read(
            "metric",
            text -> InvalidInputException.oneOf(List.of(Measure.values()), Measure::text, text));
    Long limit = query.read("limit", text -> QueryParameters.number(text, 1, LIMIT_MAX));
    TimeRangeParameters time = TimeRangeParameters.of(query, Granularity.HOUR, USUAL, now);
    query.check();
    Granularity step = finest(time.from(), now);
    return new TopQuery(
        by == null ? By.PAYEE : by,
        measure == null ? Measure.COUNT : measure,
        time.in(step),
        step,
        limit == null ? USUAL_LIMIT : limit.intValue());
  }

  /** The shortest step whose panes are kept since the beginning. */
  private static Granularity finest(Instant from, Instant now) {
    return Stream.of(Granularity.SECOND, Granularity.MINUTE)
        .filter(step -> from.isAfter(now.minus(step.panes().retention())))
        .findFirst()
        .orElse(Granularity.HOUR);
  }
}
