package io.quittance.payment.event;

import io.quittance.database.ArrayParameters;
import io.quittance.database.UnreadableRows;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentRows;
import io.quittance.payment.model.PaymentStatus;
import io.quittance.web.TypeId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Reads summaries of many payments in one query, for other modules. */
public final class PaymentSummaries {

  private static final String FIND =
      "select " + PaymentRows.SEEN_COLUMNS + " from payments where merchant_id = ? and id = any(?)";

  /**
   * A payment as it is now.
   *
   * @param ended whether its status is final
   */
  public record Summary(UUID id, String payee, String currency, String status, boolean ended) {}

  /**
   * The payments that were found.
   *
   * @param unreadable the ids of those that cannot be read
   */
  public record Found(List<Summary> payments, Set<UUID> unreadable) {}

  private PaymentSummaries() {}

  /** Finds those of a merchant's payments that exist. */
  public static Found find(
      Connection connection, UUID merchantId, Collection<UUID> ids, UnreadableRows rows)
      throws SQLException {
    UnreadableRows.Pass pass = rows.pass();
    var payments = new ArrayList<Summary>();
    var unreadable = new HashSet<UUID>();
    try (PreparedStatement statement = connection.prepareStatement(FIND)) {
      statement.setObject(1, merchantId);
      ArrayParameters.bindIds(statement, 2, ids);
      try (ResultSet rs = statement.executeQuery()) {
        while (rs.next()) {
          UUID id = rs.getObject("id", UUID.class);
          Summary payment =
              pass.readOrNull(
                  rs, (row, _) -> summary(PaymentRows.seen(row).toRow()), TypeId.format("pay", id));
          if (payment == null) {
            unreadable.add(id);
          } else {
            payments.add(payment);
          }
        }
      }
    }
    pass.end();
    return new Found(payments, unreadable);
  }

  private static Summary summary(Payment.Stored payment) {
    return new Summary(
        payment.terms().id(),
        payment.terms().payee(),
        payment.terms().money().currency(),
        payment.status().text(),
        payment.status().unsuccessful() || payment.status() == PaymentStatus.SUCCEEDED);
  }
}
