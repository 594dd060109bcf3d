package io.quittance.payment;

import io.quittance.journal.Batch;
import java.util.List;

/**
 * What a batch changed, for those who count it in the same transaction. Payments that were made by
 * releases which did not count them are left out, whatever becomes of them.
 */
public record PaymentChanges(List<PaymentChange> payments, List<RefundChange> refunds) {

  /** The changes of a batch whose commands are all decided. */
  public static PaymentChanges of(Batch batch) {
    var payments = batch.table(Payments.class);
    return new PaymentChanges(
        payments.moved().filter(Payment::counted).map(PaymentChange::of).toList(),
        batch.table(Movements.class).refunds().stream()
            .map(refunded -> RefundChange.of(refunded, payments.refunded(refunded)))
            .toList());
  }
}
