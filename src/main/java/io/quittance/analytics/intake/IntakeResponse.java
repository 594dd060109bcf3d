package io.quittance.analytics.intake;

import io.quittance.analytics.event.EventError;
import io.quittance.analytics.event.ParsedBody;
import io.quittance.analytics.pane.Totals;
import java.util.BitSet;
import java.util.List;

/** What became of the events of a body; {@code received} is the sum of the four others. */
public record IntakeResponse(
    int received, int accepted, int duplicates, int late, int rejected, List<EventError> errors) {

  /**
   * The answer to a body.
   *
   * @param duplicates events that are not counted once more
   */
  public static IntakeResponse of(ParsedBody body, BitSet duplicates) {
    int twice = duplicates.cardinality();
    return new IntakeResponse(
        body.received(),
        body.events().size() - twice,
        twice,
        body.late(),
        body.rejected(),
        body.errors());
  }

  /** What is to be added to the totals. */
  public Totals.Counts counts() {
    return new Totals.Counts(accepted, duplicates, late, rejected, 0, 0, 0);
  }
}
