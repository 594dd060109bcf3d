package io.quittance.ledger.report;

import io.quittance.web.InputError;
import io.quittance.web.Problem;
import io.quittance.web.query.TimeParameter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * From an instant (inclusive) to another (exclusive), so that months are adjacent. Responses show
 * times truncated to milliseconds; the bounds are chosen so that an entry is inside exactly if its
 * shown time is.
 *
 * @param from null: from the beginning
 * @param to null: without end
 */
record Period(@Nullable Instant from, @Nullable Instant to) {

  static Period of(@Nullable String from, @Nullable String to) {
    var period =
        new Period(roundUp(TimeParameter.of("from", from)), roundUp(TimeParameter.of("to", to)));
    if (period.from != null && period.to != null && period.to.isBefore(period.from)) {
      throw Problem.invalid("to", InputError.Code.OUT_OF_RANGE, "must not be before `from`");
    }
    return period;
  }

  /** The end of a period that includes this instant: the end of its millisecond. */
  static Instant through(Instant at) {
    return at.truncatedTo(ChronoUnit.MILLIS).plusMillis(1);
  }

  private static @Nullable Instant roundUp(@Nullable Instant instant) {
    if (instant == null) {
      return null;
    }
    Instant cut = instant.truncatedTo(ChronoUnit.MILLIS);
    return cut.equals(instant) ? cut : cut.plusMillis(1);
  }
}
