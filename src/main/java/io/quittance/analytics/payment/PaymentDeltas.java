package io.quittance.analytics.payment;

import io.quittance.journal.Table;
import io.quittance.journal.UnitOfWork;
import io.quittance.journal.Writes;
import io.quittance.payment.event.PaymentChangeLog;
import io.quittance.web.TypeId;
import java.time.Instant;
import java.util.List;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * One small row for each merchant whose payments a batch changed, written in the transaction of the
 * changes: a payment is never stored without being counted. Confined to the journal's thread.
 */
final class PaymentDeltas implements Table {

  private static final String INSERT =
      """
      insert into analytics_payment_deltas (merchant_id, id, payload)
      select * from unnest(
        cast(? as uuid array), cast(? as uuid array), cast(? as bytea array))
      """;

  @Component
  @Order(60)
  static final class Factory implements Table.Factory {

    @Override
    public Table open(UnitOfWork unit) {
      return new PaymentDeltas(unit);
    }
  }

  private final UnitOfWork unit;

  private PaymentDeltas(UnitOfWork unit) {
    this.unit = unit;
  }

  @Override
  public void flush(Writes writes, Instant now) {
    var changes = unit.table(PaymentChangeLog.class);
    List<PaymentDelta> deltas = PaymentDelta.of(changes.payments(), changes.refunds());
    writes
        .add(INSERT, deltas)
        .column("uuid", PaymentDelta::merchantId)
        .column("uuid", delta -> TypeId.next())
        .column("bytea", DeltaWriter::bytes);
  }
}
