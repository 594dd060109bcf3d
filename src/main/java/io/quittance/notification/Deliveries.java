package io.quittance.notification;

import io.quittance.journal.Batch;
import io.quittance.journal.Table;
import io.quittance.journal.Writes;
import io.quittance.payment.PaymentEvent;
import io.quittance.payment.PaymentEvents;
import io.quittance.web.TypeId;
import java.time.Instant;
import java.util.List;
import org.springframework.core.annotation.Order;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.stereotype.Component;

/**
 * The deliveries of a batch's events, written in the same transaction: whoever is to hear of a
 * change will, even if the process dies right after the commit. Confined to the journal's thread.
 */
final class Deliveries implements Table {

  private static final String INSERT =
      """
      insert into deliveries (id, merchant_id, event_id, state, attempts, next_attempt_at, created_at)
      select id, merchant_id, event_id, 'pending', 0, due, due
        from unnest(cast(? as uuid array), cast(? as uuid array), cast(? as uuid array),
                    cast(? as timestamp with time zone array))
               as k(id, merchant_id, event_id, due)
      """;

  @Component
  @Order(50)
  static final class Factory implements Table.Factory {

    private final boolean wanted;

    Factory(NotificationProperties properties) {
      this.wanted = properties.delivers();
    }

    @Override
    public Table open(Batch batch) {
      return new Deliveries(wanted, batch.table(PaymentEvents.class));
    }
  }

  private final boolean wanted;
  private final PaymentEvents events;

  private Deliveries(boolean wanted, PaymentEvents events) {
    this.wanted = wanted;
    this.events = events;
  }

  @Override
  public void load(JdbcOperations jdbc) {
    // Deliveries are only ever added here.
  }

  @Override
  public void flush(Writes writes, Instant now) {
    writes
        .add(INSERT, wanted ? events.added() : List.<PaymentEvent>of())
        .column("uuid", event -> TypeId.next())
        .column("uuid", PaymentEvent::merchantId)
        .column("uuid", PaymentEvent::id)
        .column("varchar", event -> now.toString());
  }
}
