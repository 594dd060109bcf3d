package io.quittance.payment.event;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.journal.Table;
import io.quittance.journal.TableColumns;
import io.quittance.journal.UnitOfWork;
import io.quittance.journal.Writes;
import io.quittance.payment.PaymentEvent;
import io.quittance.payment.model.Payment;
import io.quittance.tracing.Tracing;
import io.quittance.web.JsonText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * The events of one of the journal's transactions, written in the transaction of the changes that
 * they describe (a transactional outbox). Confined to the journal's thread.
 */
public final class PaymentEvents implements Table {

  /**
   * @param data the event's data as JSON
   * @param traceparent null: the event belongs to no recorded trace
   */
  private record Row(PaymentEvent event, String data, @Nullable String traceparent) {}

  private static final TableColumns<Row> TABLE =
      TableColumns.<Row>of("events")
          .key("merchant_id", "uuid", row -> row.event().merchantId())
          .key("id", "uuid", row -> row.event().id())
          .fixed("payment_id", "uuid", row -> row.event().paymentId())
          .fixed("sequence", "integer", row -> row.event().sequence())
          .fixed("type", "varchar", row -> row.event().type().text())
          .fixed("created_at", "timestamp", row -> row.event().createdAt())
          .fixed("data", "varchar", Row::data)
          .fixed("traceparent", "varchar", Row::traceparent)
          .build();

  @Component
  @Order(40)
  static final class Factory implements Table.Factory {

    private final ObjectMapper json;
    private final Tracing tracing;

    Factory(ObjectMapper json, Tracing tracing) {
      this.json = json;
      this.tracing = tracing;
    }

    @Override
    public Table open(UnitOfWork unit) {
      return new PaymentEvents(json, tracing);
    }
  }

  private final ObjectMapper json;
  private final Tracing tracing;
  private final List<PaymentEvent> added = new ArrayList<>();

  /** By event id, for events that belong to a recorded trace. */
  private final Map<UUID, String> traceparents = new HashMap<>();

  private PaymentEvents(ObjectMapper json, Tracing tracing) {
    this.json = json;
    this.tracing = tracing;
  }

  /** Adds the new events of a payment. */
  public void add(Payment payment) {
    payment.drainEvents().forEach(this::add);
  }

  /** Adds one event, of a payment or of a batch. */
  public void add(PaymentEvent event) {
    added.add(event);
    String traceparent = tracing.traceparent();
    if (traceparent != null) {
      traceparents.put(event.id(), traceparent);
    }
  }

  /** The events of the transaction; complete when the tables after this one are flushed. */
  public List<PaymentEvent> added() {
    return added;
  }

  @Override
  public void flush(Writes writes, Instant now) {
    writes.insert(TABLE, added.stream().map(this::row).toList());
  }

  private Row row(PaymentEvent event) {
    return new Row(event, JsonText.of(json, event.data()), traceparents.get(event.id()));
  }
}
