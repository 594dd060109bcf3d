package io.quittance.payment;

import io.quittance.web.LogFields;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.TypeId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads payments outside the journal. Thread-safe. */
@Component
final class PaymentQueries {

  private final JdbcClient jdbc;

  PaymentQueries(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  Optional<Payment> find(UUID merchantId, UUID id) {
    return jdbc.sql(
            "select " + PaymentsSql.COLUMNS + " from payments where merchant_id = ? and id = ?")
        .param(merchantId)
        .param(id)
        .query((rs, row) -> PaymentsSql.read(rs))
        .optional();
  }

  /** The merchant's payment of this TypeID; what is not one names nothing that exists: 404. */
  Payment require(UUID merchantId, String id) {
    UUID paymentId = TypeId.require("pay", id);
    LogFields.payment(paymentId);
    return find(merchantId, paymentId).orElseThrow(() -> Problem.of(ProblemCode.NOT_FOUND));
  }

  /** Payments that should have been resolved by now, by the database's clock. */
  List<Payment> stranded(int limit) {
    return due(
        "status = 'processing' and resolves_by < current_timestamp order by resolves_by", limit);
  }

  /** Payments whose hold has run out, by the database's clock. */
  List<Payment> overdue(int limit) {
    return due(
        "status in ('authorized', 'in_review') and expires_at < current_timestamp order by expires_at",
        limit);
  }

  private List<Payment> due(String condition, int limit) {
    return jdbc.sql(
            "select " + PaymentsSql.COLUMNS + " from payments where " + condition + " limit ?")
        .param(limit)
        .query((rs, row) -> PaymentsSql.read(rs))
        .list();
  }
}
