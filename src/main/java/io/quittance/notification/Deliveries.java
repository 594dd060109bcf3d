package io.quittance.notification;

import io.quittance.journal.Batch;
import io.quittance.journal.Table;
import io.quittance.payment.PaymentEvent;
import io.quittance.payment.PaymentEvents;
import io.quittance.web.TypeId;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
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
      values (?, ?, ?, 'pending', 0, ?, ?)
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
  public void flush(JdbcOperations jdbc, Instant now) {
    List<PaymentEvent> added = events.added();
    if (!wanted || added.isEmpty()) {
      return;
    }
    OffsetDateTime time = now.atOffset(ZoneOffset.UTC);
    jdbc.batchUpdate(
        INSERT,
        added,
        added.size(),
        (statement, event) -> {
          statement.setObject(1, TypeId.next());
          statement.setObject(2, event.merchantId());
          statement.setObject(3, event.id());
          statement.setObject(4, time);
          statement.setObject(5, time);
        });
  }
}
