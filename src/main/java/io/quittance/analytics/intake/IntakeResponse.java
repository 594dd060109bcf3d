package io.quittance.analytics.intake;

import io.quittance.analytics.event.EventError;
import io.quittance.analytics.event.ParsedBody;
import io.quittance.analytics.pane.Totals;
import java.util.BitSet;
import java.util.List;

/** How many events of a body had which outcome; {@code received} is the sum of the four others. */
public record IntakeResponse(
    int received, int accepted, int duplicates, int late, int rejected, List<EventError> errors) {

  /**
   * The answer to a body.
   *
   * @param duplicates indexes of events that are not counted again
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

  /** The counts to be added to the totals. */
  public Totals.Counts counts() {
    return new Totals.Counts(accepted, duplicates, late, rejected, 0, 0, 0);
  }
}
