package io.quittance.payment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.journal.Batch;
import io.quittance.journal.Table;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.springframework.core.annotation.Order;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.stereotype.Component;

/**
 * The events of one batch, written in the transaction that they tell of (a transactional outbox).
 * Confined to the journal's thread.
 */
public final class PaymentEvents implements Table {

  private static final String INSERT =
      """
      insert into events (merchant_id, id, payment_id, sequence, type, created_at, data)
      values (?, ?, ?, ?, ?, ?, ?)
      """;

  @Component
  @Order(40)
  static final class Factory implements Table.Factory {

    private final ObjectMapper json;

    Factory(ObjectMapper json) {
      this.json = json;
    }

    @Override
    public Table open(Batch batch) {
      return new PaymentEvents(json);
    }
  }

  private final ObjectMapper json;
  private final List<PaymentEvent> added = new java.util.ArrayList<>();

  private PaymentEvents(ObjectMapper json) {
    this.json = json;
  }

  void add(List<PaymentEvent> news) {
    added.addAll(news);
  }

  /** What the batch has to tell; complete when the tables after this one are flushed. */
  public List<PaymentEvent> added() {
    return added;
  }

  @Override
  public void load(JdbcOperations jdbc) {
    // Events are only ever added.
  }

  @Override
  public void flush(JdbcOperations jdbc, Instant now) {
    if (!added.isEmpty()) {
      jdbc.batchUpdate(INSERT, added, added.size(), this::bind);
    }
  }

  private void bind(PreparedStatement statement, PaymentEvent event) throws SQLException {
    statement.setObject(1, event.merchantId());
    statement.setObject(2, event.id());
    statement.setObject(3, event.paymentId());
    statement.setInt(4, event.sequence());
    statement.setString(5, event.type().text());
    statement.setObject(6, event.createdAt().atOffset(ZoneOffset.UTC));
    try {
      statement.setString(7, json.writeValueAsString(event.data()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an event cannot be written", e);
    }
  }
}
