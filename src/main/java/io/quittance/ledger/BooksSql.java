package io.quittance.ledger;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;

/** The SQL behind {@link Books}; the same for H2 and PostgreSQL. */
final class BooksSql {

  private static final String LOCK_ACCOUNTS =
      "select "
          + Account.COLUMNS
          + """
             from accounts
            where (merchant_id, id) in (
                    select merchant_id, id
                      from unnest(cast(? as uuid array), cast(? as varchar array)) as k(merchant_id, id))
            order by merchant_id, id
              for update
          """;

  /** A join, because H2 answers {@code in (select …)} with a scan of the table. */
  private static final String FIND_TRANSFERS =
      """
      select t.*
        from unnest(cast(? as uuid array), cast(? as uuid array)) as k(merchant_id, id)
        join transfers t on t.merchant_id = k.merchant_id and t.id = k.id
      """;

  private static final String INSERT_TRANSFER =
      "insert into transfers ("
          + Transfer.COLUMNS
          + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

  private static final String UPDATE_TRANSFER =
      """
      update transfers
         set state = ?, expires_at = ?, ended_at = ?, from_entry = ?, to_entry = ?,
             from_balance_after = ?, to_balance_after = ?
       where merchant_id = ? and id = ?
      """;

  /** One statement for all accounts: several times cheaper than one for each. */
  private static final String UPDATE_ACCOUNTS =
      """
      merge into accounts a
      using (select merchant_id, id, posted, pending_out, pending_in, entry_count
               from unnest(cast(? as uuid array), cast(? as varchar array), cast(? as bigint array),
                           cast(? as bigint array), cast(? as bigint array), cast(? as bigint array))
                      as k(merchant_id, id, posted, pending_out, pending_in, entry_count)) moved
         on a.merchant_id = moved.merchant_id and a.id = moved.id
       when matched then update
            set posted = moved.posted, pending_out = moved.pending_out,
                pending_in = moved.pending_in, entry_count = moved.entry_count
      """;

  private BooksSql() {}

  static List<Account> lockAccounts(JdbcOperations jdbc, Collection<AccountKey> keys) {
    return jdbc.query(
        LOCK_ACCOUNTS,
        statement -> {
          setArray(statement, 1, "uuid", keys.stream().map(AccountKey::merchantId).toArray());
          setArray(statement, 2, "varchar", keys.stream().map(AccountKey::id).toArray());
        },
        (rs, row) -> Account.read(rs));
  }

  static List<Transfer> findTransfers(JdbcOperations jdbc, Object[] merchantIds, Object[] ids) {
    return jdbc.query(
        FIND_TRANSFERS,
        statement -> {
          setArray(statement, 1, "uuid", merchantIds);
          setArray(statement, 2, "uuid", ids);
        },
        (rs, row) -> Transfer.read(rs));
  }

  static void insertTransfers(JdbcOperations jdbc, Collection<Transfer> transfers) {
    if (!transfers.isEmpty()) {
      jdbc.batchUpdate(INSERT_TRANSFER, transfers, transfers.size(), BooksSql::bindInsert);
    }
  }

  private static void bindInsert(PreparedStatement statement, Transfer transfer)
      throws SQLException {
    TransferOrder order = transfer.order();
    statement.setObject(1, order.merchantId());
    statement.setObject(2, order.id());
    statement.setString(3, order.from());
    statement.setString(4, order.to());
    statement.setLong(5, order.money().amount());
    statement.setString(6, order.money().currency());
    statement.setString(7, transfer.state().text());
    statement.setObject(8, order.paymentId(), Types.OTHER);
    statement.setString(9, order.reference());
    statement.setString(10, order.metadataJson());
    statement.setObject(11, time(transfer.createdAt()));
    statement.setObject(12, time(transfer.expiresAt()), Types.TIMESTAMP_WITH_TIMEZONE);
    statement.setObject(13, time(transfer.endedAt()), Types.TIMESTAMP_WITH_TIMEZONE);
    bindEntries(statement, 14, transfer);
  }

  private static void bindEntries(PreparedStatement statement, int first, Transfer transfer)
      throws SQLException {
    Transfer.Entry from = transfer.fromEntry();
    Transfer.Entry to = transfer.toEntry();
    statement.setObject(first, from == null ? null : from.number(), Types.BIGINT);
    statement.setObject(first + 1, to == null ? null : to.number(), Types.BIGINT);
    statement.setObject(first + 2, from == null ? null : from.balanceAfter(), Types.BIGINT);
    statement.setObject(first + 3, to == null ? null : to.balanceAfter(), Types.BIGINT);
  }

  static void updateTransfers(JdbcOperations jdbc, Collection<Transfer> transfers) {
    if (!transfers.isEmpty()) {
      jdbc.batchUpdate(UPDATE_TRANSFER, transfers, transfers.size(), BooksSql::bindUpdate);
    }
  }

  private static void bindUpdate(PreparedStatement statement, Transfer transfer)
      throws SQLException {
    statement.setString(1, transfer.state().text());
    statement.setObject(2, time(transfer.expiresAt()), Types.TIMESTAMP_WITH_TIMEZONE);
    statement.setObject(3, time(transfer.endedAt()), Types.TIMESTAMP_WITH_TIMEZONE);
    bindEntries(statement, 4, transfer);
    statement.setObject(8, transfer.order().merchantId());
    statement.setObject(9, transfer.order().id());
  }

  static void updateAccounts(JdbcOperations jdbc, Collection<Account> accounts) {
    if (!accounts.isEmpty()) {
      jdbc.update(
          UPDATE_ACCOUNTS,
          statement -> {
            setArray(statement, 1, "uuid", column(accounts, account -> account.key().merchantId()));
            setArray(statement, 2, "varchar", column(accounts, account -> account.key().id()));
            setArray(statement, 3, "bigint", column(accounts, Account::posted));
            setArray(statement, 4, "bigint", column(accounts, Account::pendingOut));
            setArray(statement, 5, "bigint", column(accounts, Account::pendingIn));
            setArray(statement, 6, "bigint", column(accounts, Account::entryCount));
          });
    }
  }

  private static Object[] column(Collection<Account> accounts, Function<Account, Object> value) {
    return accounts.stream().map(value).toArray();
  }

  private static void setArray(PreparedStatement statement, int index, String type, Object[] values)
      throws SQLException {
    statement.setArray(index, statement.getConnection().createArrayOf(type, values));
  }

  private static @Nullable OffsetDateTime time(@Nullable Instant instant) {
    return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
  }
}
