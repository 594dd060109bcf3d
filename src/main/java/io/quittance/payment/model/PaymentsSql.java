package io.quittance.payment.model;

import static io.quittance.database.ArrayParameters.bind;

import io.quittance.journal.Dialect;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcOperations;

/** Finds the payments that a batch of the journal needs, the same for H2 and PostgreSQL. */
final class PaymentsSql {

  /** A join, because H2 answers {@code in (select …)} with a scan of the table. */
  private static final String FIND =
      """
      select p.*
        from unnest(cast(? as uuid array), cast(? as uuid array)) as k(merchant_id, id)
        join payments p on p.merchant_id = k.merchant_id and p.id = k.id
      """;

  private static final String HOLDERS =
      """
      select p.merchant_id, p.reference, p.id
        from unnest(cast(? as uuid array), cast(? as varchar array)) as k(merchant_id, reference)
        join payments p on p.merchant_id = k.merchant_id and p.reference = k.reference
         and p.status not in\s
      """
          + PaymentStatus.DEAD;

  private PaymentsSql() {}

  static List<Payment> find(JdbcOperations jdbc, Dialect dialect, Collection<Payments.Key> keys) {
    return jdbc.query(
        FIND + dialect.ofMerchants("p"),
        statement -> {
          bind(statement, 1, "uuid", keys, Payments.Key::merchantId);
          bind(statement, 2, "uuid", keys, Payments.Key::id);
          dialect.bindMerchants(statement, 3, keys, Payments.Key::merchantId);
        },
        (rs, row) -> PaymentRows.read(rs));
  }

  /** The payments that hold these references now. */
  static Map<Payments.Reference, UUID> holders(
      JdbcOperations jdbc, Dialect dialect, Collection<Payments.Reference> references) {
    Map<Payments.Reference, UUID> holders = new HashMap<>();
    jdbc.query(
        HOLDERS + dialect.ofMerchants("p"),
        statement -> {
          bind(statement, 1, "uuid", references, Payments.Reference::merchantId);
          bind(statement, 2, "varchar", references, Payments.Reference::text);
          dialect.bindMerchants(statement, 3, references, Payments.Reference::merchantId);
        },
        rs -> {
          holders.put(
              new Payments.Reference(
                  rs.getObject("merchant_id", UUID.class), rs.getString("reference")),
              rs.getObject("id", UUID.class));
        });
    return holders;
  }
}
