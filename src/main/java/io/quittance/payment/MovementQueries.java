package io.quittance.payment;

import io.quittance.web.PageRequest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads captures and refunds. Thread-safe. */
@Component
final class MovementQueries {

  private static final String COLUMNS =
      " merchant_id, id, payment_id, transfer_id, amount, granted_ms, used_ms, created_at, ";
  private static final String BY_ID = " where merchant_id = ? and id = ?";
  private static final String OF_PAYMENT =
      " where merchant_id = ? and payment_id = ? and id < ? order by id desc limit ?";
  private static final UUID LAST = new UUID(-1, -1);

  private final JdbcClient jdbc;

  MovementQueries(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  Optional<Captured> capture(UUID merchantId, UUID id) {
    return jdbc.sql("select" + COLUMNS + "is_final from captures" + BY_ID)
        .param(merchantId)
        .param(id)
        .query((rs, row) -> captured(rs))
        .optional();
  }

  Optional<Refunded> refund(UUID merchantId, UUID id) {
    return jdbc.sql("select" + COLUMNS + "reason from refunds" + BY_ID)
        .param(merchantId)
        .param(id)
        .query((rs, row) -> refunded(rs))
        .optional();
  }

  List<Captured> capturesOf(UUID merchantId, UUID paymentId, PageRequest page) {
    return jdbc.sql("select" + COLUMNS + "is_final from captures" + OF_PAYMENT)
        .param(merchantId)
        .param(paymentId)
        .param(page.afterId().orElse(LAST))
        .param(page.fetch())
        .query((rs, row) -> captured(rs))
        .list();
  }

  List<Refunded> refundsOf(UUID merchantId, UUID paymentId, PageRequest page) {
    return jdbc.sql("select" + COLUMNS + "reason from refunds" + OF_PAYMENT)
        .param(merchantId)
        .param(paymentId)
        .param(page.afterId().orElse(LAST))
        .param(page.fetch())
        .query((rs, row) -> refunded(rs))
        .list();
  }

  private static Captured captured(ResultSet rs) throws SQLException {
    return new Captured(movement(rs), rs.getBoolean("is_final"));
  }

  private static Refunded refunded(ResultSet rs) throws SQLException {
    return new Refunded(movement(rs), rs.getString("reason"));
  }

  private static Movement movement(ResultSet rs) throws SQLException {
    return new Movement(
        rs.getObject("merchant_id", UUID.class),
        rs.getObject("id", UUID.class),
        rs.getObject("payment_id", UUID.class),
        rs.getObject("transfer_id", UUID.class),
        rs.getLong("amount"),
        rs.getInt("granted_ms"),
        rs.getInt("used_ms"),
        Objects.requireNonNull(rs.getObject("created_at", OffsetDateTime.class)).toInstant());
  }
}
