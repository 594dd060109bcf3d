package io.quittance.kafka;

import io.quittance.journal.Table;
import io.quittance.journal.TableColumns;
import io.quittance.journal.UnitOfWork;
import io.quittance.journal.Writes;
import io.quittance.payment.PaymentEvent;
import io.quittance.payment.event.EventLog.StoredEvent;
import io.quittance.payment.event.PaymentEvents;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.function.IntConsumer;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A row for each event of a batch, written in the same transaction: a stored event is sent even
 * after a crash. Confined to the journal's thread.
 */
final class OutboxRows implements Table {

  private static final TableColumns<PaymentEvent> TABLE =
      TableColumns.<PaymentEvent>of("kafka_outbox")
          .key("shard", "integer", event -> Shards.of(event.merchantId()))
          .key("merchant_id", "uuid", PaymentEvent::merchantId)
          .key("subject_id", "uuid", PaymentEvent::subjectId)
          .key("sequence", "integer", PaymentEvent::sequence)
          .fixed("event_id", "uuid", PaymentEvent::id)
          .fixed("created_at", "timestamp", PaymentEvent::createdAt)
          .build();

  private static final String INSERT_ONE =
      """
      insert into kafka_outbox (shard, merchant_id, subject_id, sequence, event_id, created_at)
      values (?, ?, ?, ?, ?, ?)
      """;

  /**
   * Opens the rows of each batch, and adds events that are stored outside the journal. Thread-safe.
   */
  @Order(70)
  static final class Factory implements Table.Factory {

    private final JdbcClient jdbc;
    private final IntConsumer wake;

    /**
     * @param jdbc for events that are stored outside the journal
     * @param wake called with each shard that has events to send
     */
    Factory(JdbcClient jdbc, IntConsumer wake) {
      this.jdbc = jdbc;
      this.wake = wake;
    }

    @Override
    public Table open(UnitOfWork unit) {
      return new OutboxRows(unit.table(PaymentEvents.class), wake);
    }

    /**
     * The event is its own subject. The relay finds it at its next look-up, without being woken.
     */
    @EventListener
    void on(StoredEvent event) {
      jdbc.sql(INSERT_ONE)
          .params(
              Shards.of(event.merchantId()),
              event.merchantId(),
              event.id(),
              event.body().sequence(),
              event.id(),
              event.body().timestamp().atOffset(ZoneOffset.UTC))
          .update();
    }
  }

  private final PaymentEvents events;
  private final IntConsumer wake;

  private OutboxRows(PaymentEvents events, IntConsumer wake) {
    this.events = events;
    this.wake = wake;
  }

  @Override
  public void flush(Writes writes, Instant now) {
    writes.insert(TABLE, events.added());
  }

  @Override
  public void committed() {
    events.added().forEach(event -> wake.accept(Shards.of(event.merchantId())));
  }
}
