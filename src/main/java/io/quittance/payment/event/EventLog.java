package io.quittance.payment.event;

import com.fasterxml.jackson.annotation.JsonRawValue;
import io.quittance.database.Instants;
import io.quittance.payment.EventType;
import io.quittance.payment.model.PaymentBody;
import io.quittance.payment.model.RefundBody;
import io.quittance.web.TypeId;
import io.quittance.web.query.PageRequest;
import io.swagger.v3.oas.annotations.media.Schema;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Reads and adds stored events. Thread-safe. */
@Component
public final class EventLog {

  /**
   * An event as merchants see it.
   *
   * @param type as stored; a later version may have types that this one does not know
   */
  public record EventBody(
      String id,
      @Schema(implementation = EventType.class) String type,
      Instant timestamp,
      int sequence,
      @JsonRawValue @Schema(anyOf = {PaymentBody.class, RefundBody.class, Map.class})
          String data) {}

  /**
   * An event and its key.
   *
   * @param traceparent of the span that the event comes from; null: it was not recorded
   */
  public record StoredEvent(
      UUID merchantId, UUID id, EventBody body, @Nullable String traceparent) {}

  private static final String SELECT =
      "select merchant_id, id, sequence, type, created_at, data, traceparent from events ";

  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;
  private final ApplicationEventPublisher publisher;

  EventLog(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      ApplicationEventPublisher publisher) {
    this.jdbc = jdbc;
    this.transactions = new TransactionTemplate(transactions);
    this.publisher = publisher;
  }

  /** Events of one type or one payment; null: of all. */
  public List<StoredEvent> newestFirst(
      UUID merchantId, @Nullable EventType type, @Nullable UUID paymentId, PageRequest page) {
    String sql =
        SELECT
            + "where merchant_id = ? and id < ?"
            // A literal, because the planner uses an index that leaves out the most frequent type.
            + (type == null ? "" : " and type = '" + type.text() + "'")
            + (paymentId == null ? "" : " and payment_id = ?")
            + " order by id desc limit ?";
    return jdbc.sql(sql)
        .param(merchantId)
        .param(page.olderThan())
        .params(paymentId == null ? List.of() : List.of(paymentId))
        .param(page.fetch())
        .query((rs, row) -> read(rs))
        .list();
  }

  public Optional<StoredEvent> find(UUID merchantId, UUID id) {
    return jdbc.sql(SELECT + "where merchant_id = ? and id = ?")
        .param(merchantId)
        .param(id)
        .query((rs, row) -> read(rs))
        .optional();
  }

  /** The events with these ids, of any of these merchants. */
  public List<StoredEvent> findAll(Collection<UUID> ids, Collection<UUID> merchantIds) {
    return ids.isEmpty()
        ? List.of()
        : jdbc.sql(SELECT + "where merchant_id in (:merchants) and id in (:ids)")
            .param("merchants", merchantIds)
            .param("ids", ids)
            .query((rs, row) -> read(rs))
            .list();
  }

  /**
   * Adds an event that is not about a payment, in the caller's transaction or its own, and
   * publishes it as a {@link StoredEvent} before the commit.
   *
   * @param data a JSON object
   */
  public StoredEvent add(UUID merchantId, EventType type, Instant now, String data) {
    UUID id = TypeId.next();
    var body = new EventBody(TypeId.format("evt", id), type.text(), now, 1, data);
    var event = new StoredEvent(merchantId, id, body, null);
    transactions.executeWithoutResult(
        _ -> {
          insert(event);
          publisher.publishEvent(event);
        });
    return event;
  }

  private void insert(StoredEvent event) {
    EventBody body = event.body();
    jdbc.sql(
            """
            insert into events (merchant_id, id, payment_id, sequence, type, created_at, data)
            values (?, ?, null, 1, ?, ?, ?)
            """)
        .params(
            event.merchantId(),
            event.id(),
            body.type(),
            Instants.parameter(body.timestamp()),
            body.data())
        .update();
  }

  /** The event of a row that has all columns of {@code events}. */
  public static StoredEvent read(ResultSet rs) throws SQLException {
    UUID id = rs.getObject("id", UUID.class);
    return new StoredEvent(
        rs.getObject("merchant_id", UUID.class),
        id,
        new EventBody(
            TypeId.format("evt", id),
            rs.getString("type"),
            Instants.read(rs, "created_at"),
            rs.getInt("sequence"),
            rs.getString("data")),
        rs.getString("traceparent"));
  }
}
