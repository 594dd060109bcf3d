package io.quittance.analytics.pane;

import java.util.Comparator;
import java.util.UUID;

/**
 * A pane in the table. The order is that in which panes are locked, so that no two transactions
 * wait for each other.
 *
 * @param startsAt in seconds since 1970
 */
record PaneRow(UUID merchantId, String metric, Step step, long startsAt, Labels labels)
    implements Comparable<PaneRow> {

  private static final Comparator<PaneRow> ORDER =
      Comparator.comparing(PaneRow::step)
          .thenComparing(PaneRow::merchantId)
          .thenComparing(PaneRow::metric)
          .thenComparingLong(PaneRow::startsAt)
          .thenComparing(PaneRow::labels);

  static PaneRow of(PaneDeltas.Key key, Step step) {
    return new PaneRow(
        key.merchantId(), key.metric(), step, step.startOf(key.epochSecond()), key.labels());
  }

  @Override
  public int compareTo(PaneRow other) {
    return ORDER.compare(this, other);
  }
}
