package io.quittance.webhook.delivery;

import io.quittance.database.Dialect;
import io.quittance.journal.Table;
import io.quittance.journal.TableColumns;
import io.quittance.journal.UnitOfWork;
import io.quittance.journal.Writes;
import io.quittance.payment.PaymentEvent;
import io.quittance.payment.event.PaymentEvents;
import io.quittance.web.TypeId;
import io.quittance.webhook.WebhookProperties;
import java.time.Instant;
import java.util.UUID;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * The deliveries of a transaction's events, written in the same transaction: an event is delivered
 * even if the process dies right after the commit. Confined to the journal's thread.
 */
final class Deliveries implements Table {

  private record ToTheOperator(PaymentEvent event, UUID id, Instant due) {}

  private static final TableColumns<ToTheOperator> TO_THE_OPERATOR =
      TableColumns.<ToTheOperator>of("deliveries")
          .key("merchant_id", "uuid", row -> row.event().merchantId())
          .key("id", "uuid", ToTheOperator::id)
          .fixed("event_id", "uuid", row -> row.event().id())
          .fixed("state", "varchar", row -> "pending")
          .fixed("attempts", "integer", row -> 0)
          .fixed("next_attempt_at", "timestamp", ToTheOperator::due)
          .fixed("created_at", "timestamp", ToTheOperator::due)
          .build();

  /**
   * One delivery for each endpoint that takes the event. Its id is the one given for the event,
   * with the endpoint's slot as the last of its random digits, so ids are assigned without counting
   * the endpoints first.
   */
  private static final String TO_SUBSCRIBERS =
      """
      insert into deliveries (id, merchant_id, event_id, endpoint_id, state, attempts,
                              next_attempt_at, created_at)
      select cast(substring(cast(k.id as varchar(36)) from 1 for 35) || w.slot as uuid),
             k.merchant_id, k.event_id, w.id, 'pending', 0, k.due, k.due
        from unnest(cast(? as uuid array), cast(? as uuid array), cast(? as uuid array),
                    cast(? as varchar array), cast(? as timestamp with time zone array))
               as k(id, merchant_id, event_id, type, due)
        join webhook_endpoints w
          on w.merchant_id = k.merchant_id and w.enabled
         and (w.events = '*' or position(' ' || k.type || ' ' in w.events) > 0)
      """;

  @Component
  @Order(50)
  static final class Factory implements Table.Factory {

    private final boolean operatorWants;
    private final Dialect dialect;

    Factory(WebhookProperties properties, Dialect dialect) {
      this.operatorWants = properties.delivers();
      this.dialect = dialect;
    }

    @Override
    public Table open(UnitOfWork unit) {
      return new Deliveries(operatorWants, dialect, unit.table(PaymentEvents.class));
    }
  }

  private final boolean operatorWants;
  private final Dialect dialect;
  private final PaymentEvents events;

  private Deliveries(boolean operatorWants, Dialect dialect, PaymentEvents events) {
    this.operatorWants = operatorWants;
    this.dialect = dialect;
    this.events = events;
  }

  /** Takes ids, merchants, events, types, times, and {@link Dialect#bindMerchants}. */
  static String toSubscribers(Dialect dialect) {
    return TO_SUBSCRIBERS.strip() + dialect.ofMerchants("w");
  }

  @Override
  public void flush(Writes writes, Instant now) {
    if (operatorWants) {
      writes.insert(
          TO_THE_OPERATOR,
          events.added().stream()
              .map(event -> new ToTheOperator(event, TypeId.next(), now))
              .toList());
    }
    writes
        .add(toSubscribers(dialect), events.added())
        .column("uuid", event -> TypeId.nextWithRoom())
        .column("uuid", PaymentEvent::merchantId)
        .column("uuid", PaymentEvent::id)
        .column("varchar", event -> event.type().text())
        .column("varchar", event -> now.toString())
        .merchants(PaymentEvent::merchantId);
  }
}
