package io.quittance.analytics.intake;

import io.quittance.analytics.pane.PaymentCounts;
import io.quittance.analytics.pane.Totals;
import io.quittance.identity.Caller;
import io.quittance.identity.RequiresScope;
import io.quittance.identity.Scope;
import io.quittance.web.Route;
import java.util.UUID;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Shows the outcomes of events, and whether panes have every stored change of payments. */
@RestController
class IntegrityController {

  /**
   * Counts of events, of all time and all replicas.
   *
   * @param received events that were sent, including those that wait on this replica
   * @param pending events that wait to be counted
   * @param paymentEvents changes of payments that are stored
   * @param paymentEventsCounted changes that panes have
   * @param difference stored changes of payments that panes lack. Events add nothing to it: they
   *     are not stored, so {@code received} is made of the other counts
   */
  record Integrity(
      long received,
      long accepted,
      long duplicates,
      long late,
      long rejected,
      long pending,
      long paymentEvents,
      long paymentEventsCounted,
      Enriched enrichment,
      long difference) {

    /** The outcomes of accepted events that name a payment. */
    record Enriched(long done, long pending, long failed) {}

    static Integrity of(Totals.Counts events, long waiting, PaymentCounts.Counts payments) {
      long received = events.received() + waiting;
      return new Integrity(
          received,
          events.accepted(),
          events.duplicates(),
          events.late(),
          events.rejected(),
          waiting,
          payments.events(),
          payments.counted(),
          new Enriched(events.done(), events.pending(), events.failed()),
          received
              - (events.accepted() + events.duplicates() + events.late() + events.rejected())
              - waiting
              + payments.events()
              - payments.counted());
    }
  }

  private final Totals totals;
  private final IntakeWorkers workers;
  private final ObjectProvider<PaymentCounts> payments;

  IntegrityController(
      Totals totals, IntakeWorkers workers, ObjectProvider<PaymentCounts> payments) {
    this.totals = totals;
    this.workers = workers;
    this.payments = payments;
  }

  @GetMapping("/v1/analytics/integrity")
  @Route(
      id = "getAnalyticsIntegrity",
      summary = "Shows that every event is counted",
      description =
          "`difference` = `received` - (`accepted` + `duplicates` + `late` + `rejected`) -"
              + " `pending` + `payment_events` - `payment_events_counted`. It is 0 when panes have"
              + " every stored change of payments; just after a payment it may be more for a moment."
              + " Events themselves are not stored: `received` is the sum of what became of them, so"
              + " compare it with what you have sent.")
  @RequiresScope(Scope.ANALYTICS_READ)
  Integrity get(Caller caller) {
    UUID merchantId = caller.merchantId();
    PaymentCounts counts = payments.getIfAvailable();
    // Read first, so that events that are counted meanwhile are not missing in both.
    long waiting = workers.underWay(merchantId);
    return Integrity.of(
        totals.of(merchantId),
        waiting,
        counts == null ? PaymentCounts.Counts.NONE : counts.of(merchantId));
  }
}
