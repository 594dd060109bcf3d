package io.quittance.analytics.intake;

import io.quittance.analytics.enrich.Enrichment;
import io.quittance.analytics.enrich.KnownPayments;
import io.quittance.analytics.enrich.PendingBatch;
import io.quittance.analytics.enrich.PendingTable;
import io.quittance.analytics.name.SeriesLimit;
import io.quittance.analytics.pane.PaneStore;
import io.quittance.analytics.pane.Totals;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Writes what was counted to totals and panes, and hands pending events to the enrichment.
 * Thread-safe.
 */
@Component
public final class IntakeSumsWriter {

  private static final Logger log = LoggerFactory.getLogger(IntakeSumsWriter.class);

  private final Totals totals;
  private final PaneStore panes;
  private final KnownPayments payments;
  private final PendingLimit pendingLimit;
  private final Enrichment enrichment;
  private final EventMeters meters;

  IntakeSumsWriter(
      Totals totals,
      PaneStore panes,
      KnownPayments payments,
      PendingLimit pendingLimit,
      Enrichment enrichment,
      EventMeters meters) {
    this.totals = totals;
    this.panes = panes;
    this.payments = payments;
    this.pendingLimit = pendingLimit;
    this.enrichment = enrichment;
    this.meters = meters;
  }

  /** Starts the sums of one transaction. */
  public IntakeSums begin(SeriesLimit series) {
    return new IntakeSums(series, payments, pendingLimit);
  }

  /** What was written and is not committed yet. */
  public final class Written {

    private final IntakeSums sums;
    private final List<PendingBatch> pending;

    private Written(IntakeSums sums, List<PendingBatch> pending) {
      this.sums = sums;
      this.pending = pending;
    }

    /**
     * Called after the commit. A failure here, even an error, must not look like a failed commit,
     * or the bodies would be counted twice.
     */
    public void committed() {
      try {
        enrichment.offer(pending);
        meters.add(sums.totals().values());
      } catch (Throwable e) {
        log.error("Events were counted, but enrichment or metrics after the commit failed", e);
      }
    }
  }

  /**
   * Writes the sums in the caller's transaction: totals and then panes, each locked in order. The
   * caller takes other locks before.
   */
  public Written write(Connection connection, IntakeSums sums, Instant now) throws SQLException {
    List<PendingBatch> pending = sums.pending();
    totals.add(connection, sums.totals());
    PendingTable.insert(connection, pending, now);
    panes.add(connection, sums.deltas(), now);
    return new Written(sums, pending);
  }
}
