package io.quittance.kafka;

import io.quittance.journal.Batch;
import io.quittance.journal.Table;
import io.quittance.journal.Writes;
import io.quittance.payment.PaymentEvent;
import io.quittance.payment.event.EventLog.StoredEvent;
import io.quittance.payment.event.PaymentEvents;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.function.IntConsumer;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A row for each event of a batch, written in the same transaction: an event that is stored will be
 * sent, whatever dies. Confined to the journal's thread.
 */
final class OutboxRows implements Table {

  private static final String INSERT =
      "insert into kafka_outbox (shard, merchant_id, subject_id, sequence, event_id, created_at) ";

  private static final String ROWS =
      INSERT
          + """
          select * from unnest(
            cast(? as integer array), cast(? as uuid array), cast(? as uuid array),
            cast(? as integer array), cast(? as uuid array),
            cast(? as timestamp with time zone array))
          """;

  /** Opens them for each batch, and adds the events that come without one. Thread-safe. */
  @Order(70)
  static final class Factory implements Table.Factory {

    private final JdbcClient jdbc;
    private final IntConsumer wake;

    /**
     * @param jdbc for the transactions of events that are not the journal's
     * @param wake told of each shard that has something to send
     */
    Factory(JdbcClient jdbc, IntConsumer wake) {
      this.jdbc = jdbc;
      this.wake = wake;
    }

    @Override
    public Table open(Batch batch) {
      return new OutboxRows(batch.table(PaymentEvents.class), wake);
    }

    /** Has no subject but itself. The relay finds it without being told. */
    @EventListener
    void on(StoredEvent event) {
      jdbc.sql(INSERT + "values (?, ?, ?, ?, ?, ?)")
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
  public void load(JdbcOperations jdbc) {
    // Rows are only ever added here.
  }

  @Override
  public void flush(Writes writes, Instant now) {
    writes
        .add(ROWS, events.added())
        .column("integer", event -> Shards.of(event.merchantId()))
        .column("uuid", PaymentEvent::merchantId)
        .column("uuid", PaymentEvent::subjectId)
        .column("integer", PaymentEvent::sequence)
        .column("uuid", PaymentEvent::id)
        .column("varchar", event -> event.createdAt().toString());
  }

  @Override
  public void committed() {
    events.added().forEach(event -> wake.accept(Shards.of(event.merchantId())));
  }
}
