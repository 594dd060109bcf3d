package io.quittance.analytics.payment;

import io.quittance.analytics.wire.CompactWriter;
import io.quittance.payment.event.PaymentTransition;
import io.quittance.payment.event.RefundChange;

/** Writes a {@link PaymentDelta} as bytes, some 30 for each payment. Used once, on one thread. */
final class DeltaWriter {

  /** The first byte; a reader refuses what it does not know. */
  static final int VERSION = 1;

  private final CompactWriter out = new CompactWriter();

  private DeltaWriter() {}

  static byte[] bytes(PaymentDelta delta) {
    var writer = new DeltaWriter();
    writer.out.number(VERSION);
    writer.out.number(delta.payments().size());
    delta.payments().forEach(writer::payment);
    writer.out.number(delta.refunds().size());
    delta.refunds().forEach(writer::refund);
    return writer.out.bytes();
  }

  private void payment(PaymentTransition change) {
    out.number(change.createdAt().getEpochSecond());
    out.text(change.currency());
    out.text(change.payer());
    out.text(change.payee());
    out.number(change.amount());
    out.text(change.before());
    out.text(change.after());
    out.text(change.code());
    out.number(change.fraudReasons().size());
    change.fraudReasons().forEach(out::text);
    out.number(change.usedMs());
    out.number(change.events());
  }

  private void refund(RefundChange change) {
    out.number(change.at().getEpochSecond());
    out.text(change.currency());
    out.text(change.payee());
    out.number(change.amount());
  }
}
