package io.quittance.payment.event;

import io.quittance.fraud.Verdict;
import io.quittance.journal.Table;
import io.quittance.journal.UnitOfWork;
import io.quittance.journal.Writes;
import io.quittance.payment.model.Movement;
import io.quittance.payment.model.Movements;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.Payments;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * The changes of payments and the refunds of one journal transaction, for counting: by later tables
 * of the transaction, and by the meters after the commit. Payments of versions that did not count
 * them are left out. Confined to the journal's thread.
 */
public final class PaymentChangeLog implements Table {

  @Component
  @Order(37)
  static final class Factory implements Table.Factory {

    private final PaymentMeters meters;

    Factory(PaymentMeters meters) {
      this.meters = meters;
    }

    @Override
    public Table open(UnitOfWork unit) {
      return new PaymentChangeLog(unit, meters);
    }
  }

  private final UnitOfWork unit;
  private final PaymentMeters meters;
  private List<PaymentTransition> payments = List.of();
  private List<RefundChange> refunds = List.of();
  private List<Verdict.Source> screenings = List.of();

  private PaymentChangeLog(UnitOfWork unit, PaymentMeters meters) {
    this.unit = unit;
    this.meters = meters;
  }

  @Override
  public void flush(Writes writes, Instant now) {
    var all = unit.table(Payments.class);
    note(all.moved().filter(Payment::counted).toList());
    refunds =
        unit.table(Movements.class).refunds().stream()
            .map(refunded -> RefundChange.of(refunded, of(refunded.movement())))
            .toList();
  }

  private void note(List<Payment> moved) {
    List<PaymentTransition> changes = new ArrayList<>(moved.size());
    List<Verdict.Source> verdicts = new ArrayList<>(moved.size());
    for (Payment payment : moved) {
      PaymentTransition change = PaymentTransition.of(payment);
      changes.add(change);
      Verdict verdict = payment.verdict();
      if (verdict != null && change.concludes()) {
        verdicts.add(verdict.source());
      }
    }
    payments = changes;
    screenings = verdicts;
  }

  private Payment of(Movement movement) {
    return unit.table(Payments.class)
        .find(movement.merchantId(), movement.paymentId())
        .orElseThrow();
  }

  @Override
  public void committed() {
    meters.committed(payments, refunds, screenings);
  }

  /** Complete when the tables after this one are flushed. */
  public List<PaymentTransition> payments() {
    return payments;
  }

  /** Complete when the tables after this one are flushed. */
  public List<RefundChange> refunds() {
    return refunds;
  }
}
