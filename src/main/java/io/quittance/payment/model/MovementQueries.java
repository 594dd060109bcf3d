package io.quittance.payment.model;

import io.quittance.database.Instants;
import io.quittance.money.Money;
import io.quittance.web.query.PageRequest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads captures and refunds. Thread-safe. */
@Component
public final class MovementQueries {

  private static final String SELECT =
      """
      select m.*, p.currency
        from %s m
        join payments p on p.merchant_id = m.merchant_id and p.id = m.payment_id
       where m.merchant_id = ?\s
      """;
  private static final String CAPTURES = SELECT.formatted("captures");
  private static final String REFUNDS = SELECT.formatted("refunds");
  private static final String BY_ID = "and m.id = ?";
  private static final String NEWEST_FIRST = "and m.id < ? order by m.id desc limit ?";
  private static final String OF_PAYMENT = "and m.payment_id = ? " + NEWEST_FIRST;

  private final JdbcClient jdbc;

  MovementQueries(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  public Optional<Captured> capture(UUID merchantId, UUID id) {
    return one(CAPTURES, MovementQueries::captured, merchantId, id);
  }

  public Optional<Refunded> refund(UUID merchantId, UUID id) {
    return one(REFUNDS, MovementQueries::refunded, merchantId, id);
  }

  public List<Captured> capturesOf(UUID merchantId, UUID paymentId, PageRequest page) {
    return list(CAPTURES + OF_PAYMENT, MovementQueries::captured, page, merchantId, paymentId);
  }

  public List<Refunded> refundsOf(UUID merchantId, UUID paymentId, PageRequest page) {
    return list(REFUNDS + OF_PAYMENT, MovementQueries::refunded, page, merchantId, paymentId);
  }

  /** The refunds of all payments. */
  public List<Refunded> refunds(UUID merchantId, PageRequest page) {
    return list(REFUNDS + NEWEST_FIRST, MovementQueries::refunded, page, merchantId);
  }

  private <T> Optional<T> one(String select, RowMapper<T> mapper, UUID merchantId, UUID id) {
    return jdbc.sql(select + BY_ID).param(merchantId).param(id).query(mapper).optional();
  }

  private <T> List<T> list(String sql, RowMapper<T> mapper, PageRequest page, Object... of) {
    return jdbc.sql(sql)
        .params(of)
        .param(page.olderThan())
        .param(page.fetch())
        .query(mapper)
        .list();
  }

  private static Captured captured(ResultSet rs, int row) throws SQLException {
    return new Captured(movement(rs), rs.getBoolean("is_final"));
  }

  private static Refunded refunded(ResultSet rs, int row) throws SQLException {
    return new Refunded(movement(rs), rs.getString("reason"));
  }

  private static Movement movement(ResultSet rs) throws SQLException {
    return new Movement(
        rs.getObject("merchant_id", UUID.class),
        rs.getObject("id", UUID.class),
        rs.getObject("payment_id", UUID.class),
        rs.getObject("transfer_id", UUID.class),
        new Money(rs.getLong("amount"), rs.getString("currency")),
        rs.getInt("granted_ms"),
        rs.getInt("used_ms"),
        Instants.read(rs, "created_at"));
  }
}
