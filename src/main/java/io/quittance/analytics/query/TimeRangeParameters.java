package io.quittance.analytics.query;

import io.quittance.web.InputError.Code;
import io.quittance.web.Rfc3339;
import io.quittance.web.query.QueryParameters;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The parameters {@code from} and {@code to} of a query, as requested. */
record TimeRangeParameters(Instant from, Instant to) {

  /**
   * Reads {@code from} and {@code to}, and notes errors in the query. If {@code to} is left out,
   * the end is now, or as late as the retention allows after an old {@code from}.
   *
   * @param step limits the time range to the retention of its panes
   * @param usual the length of the time range if {@code from} is left out
   */
  static TimeRangeParameters of(
      QueryParameters query, Granularity step, Duration usual, Instant now) {
    Instant asked = query.read("from", Rfc3339::parse);
    Instant end = query.read("to", Rfc3339::parse);
    Duration kept = step.panes().retention();
    Instant to = end == null ? usualEnd(asked, kept, now) : end;
    Instant from = asked == null ? to.minus(usual) : asked;
    if (from.isAfter(to)) {
      query.reject("from", Code.OUT_OF_RANGE, "must not be above `to`");
    } else if (Duration.between(from, to).compareTo(kept) > 0) {
      query.reject(
          "from",
          Code.OUT_OF_RANGE,
          "must be no more than %s before `to` with the step %s"
              .formatted(words(kept), step.text()));
    }
    return new TimeRangeParameters(from, to);
  }

  private static Instant usualEnd(@Nullable Instant from, Duration kept, Instant now) {
    if (from == null || from.plus(kept).isAfter(now)) {
      return from == null || from.isBefore(now) ? now : from;
    }
    return from.plus(kept);
  }

  private static String words(Duration kept) {
    return kept.toDays() > 0 ? kept.toDays() + " days" : kept.toMinutes() + " minutes";
  }

  /** The time range in whole points: the beginning is rounded down and the end up. */
  TimeRange in(Granularity step) {
    long end = to.getNano() == 0 ? to.getEpochSecond() : to.getEpochSecond() + 1;
    return new TimeRange(step.startOf(from.getEpochSecond()), step.endOf(end));
  }
}
