package io.quittance.ledger.find;

import io.quittance.database.Dialect;
import io.quittance.ledger.Transfer;
import io.quittance.web.query.PageRequest;
import io.quittance.web.query.TimePosition;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.stereotype.Component;

/**
 * A merchant's transfers that belong to no payment, newest first: by {@code created_at}, then by
 * id. Neither changes, so each transfer appears once in all pages. The indexes leave out payments'
 * transfers, so payments do not pay for them. Thread-safe.
 */
@Component
final class TransferList {

  private final JdbcOperations jdbc;
  private final Dialect dialect;

  TransferList(JdbcOperations jdbc, Dialect dialect) {
    this.jdbc = jdbc;
    this.dialect = dialect;
  }

  List<Transfer> newestFirst(UUID merchantId, TransferFilter filter, PageRequest page) {
    var sql = new StringBuilder("select " + Transfer.TABLE.names());
    sql.append(" from transfers where merchant_id = ? and payment_id is null");
    sql.append(filter.conditions());
    var values = new ArrayList<Object>(List.of(merchantId));
    values.addAll(filter.values());
    page.after()
        .map(TimePosition::parse)
        .ifPresent(
            after -> {
              sql.append(" and (created_at, id) < (?, ?)");
              values.addAll(List.of(after.createdAt(), after.id()));
            });
    sql.append(" order by created_at desc, id desc limit ?");
    values.add(page.fetch());
    return jdbc.query(
        connection -> {
          PreparedStatement statement = connection.prepareStatement(sql.toString());
          // Which index is best depends on the values: some accounts have five transfers.
          dialect.planEachTime(statement);
          for (int i = 0; i < values.size(); i++) {
            statement.setObject(i + 1, values.get(i));
          }
          return statement;
        },
        (rs, row) -> Transfer.read(rs));
  }

  /** The cursor position after this transfer. */
  static String position(Transfer transfer) {
    return TimePosition.text(transfer.createdAt(), transfer.order().id());
  }
}
