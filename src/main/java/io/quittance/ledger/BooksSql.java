package io.quittance.ledger;

import io.quittance.journal.Writes;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;

/** The SQL behind {@link Books}; the same for H2 and PostgreSQL. */
final class BooksSql {

  private static final String FIND_ACCOUNTS =
      "select "
          + Account.COLUMNS
          + """
             from accounts
            where (merchant_id, id) in (
                    select merchant_id, id
                      from unnest(cast(? as uuid array), cast(? as varchar array)) as k(merchant_id, id))
            order by merchant_id, id
          """;

  private static final String LOCK_ACCOUNTS = FIND_ACCOUNTS + " for update";

  /** A join, because H2 answers {@code in (select …)} with a scan of the table. */
  private static final String FIND_TRANSFERS =
      """
      select t.*
        from unnest(cast(? as uuid array), cast(? as uuid array)) as k(merchant_id, id)
        join transfers t on t.merchant_id = k.merchant_id and t.id = k.id
      """;

  private static final String INSERT_TRANSFERS =
      "insert into transfers ("
          + Transfer.COLUMNS
          + """
          ) select * from unnest(
            cast(? as uuid array), cast(? as uuid array), cast(? as varchar array),
            cast(? as varchar array), cast(? as bigint array), cast(? as varchar array),
            cast(? as varchar array), cast(? as uuid array), cast(? as varchar array),
            cast(? as varchar array), cast(? as timestamp with time zone array),
            cast(? as timestamp with time zone array), cast(? as timestamp with time zone array),
            cast(? as bigint array), cast(? as bigint array), cast(? as bigint array),
            cast(? as bigint array), cast(? as bytea array), cast(? as bytea array))
          """;

  private static final String UPDATE_TRANSFERS =
      """
      merge into transfers t
      using (select *
               from unnest(cast(? as uuid array), cast(? as uuid array), cast(? as bigint array),
                           cast(? as varchar array), cast(? as timestamp with time zone array),
                           cast(? as timestamp with time zone array),
                           cast(? as bigint array), cast(? as bigint array), cast(? as bigint array),
                           cast(? as bigint array), cast(? as bytea array), cast(? as bytea array))
                      as k(merchant_id, id, amount, state, expires_at, ended_at, from_entry, to_entry,
                           from_balance_after, to_balance_after, from_hash, to_hash)) changed
         on t.merchant_id = changed.merchant_id and t.id = changed.id
       when matched then update
            set amount = changed.amount, state = changed.state,
                expires_at = changed.expires_at, ended_at = changed.ended_at,
                from_entry = changed.from_entry, to_entry = changed.to_entry,
                from_balance_after = changed.from_balance_after,
                to_balance_after = changed.to_balance_after,
                from_hash = changed.from_hash, to_hash = changed.to_hash
      """;

  /** One statement for all accounts: several times cheaper than one for each. */
  private static final String UPDATE_ACCOUNTS =
      """
      merge into accounts a
      using (select *
               from unnest(cast(? as uuid array), cast(? as varchar array), cast(? as bigint array),
                           cast(? as bigint array), cast(? as bigint array), cast(? as bigint array),
                           cast(? as bytea array))
                      as k(merchant_id, id, posted, pending_out, pending_in, entry_count,
                           chain_head)) moved
         on a.merchant_id = moved.merchant_id and a.id = moved.id
       when matched then update
            set posted = moved.posted, pending_out = moved.pending_out,
                pending_in = moved.pending_in, entry_count = moved.entry_count,
                chain_head = moved.chain_head
      """;

  private BooksSql() {}

  static List<Account> accounts(JdbcOperations jdbc, Collection<AccountKey> keys, boolean locked) {
    return jdbc.query(
        locked ? LOCK_ACCOUNTS : FIND_ACCOUNTS,
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

  static void insertTransfers(Writes writes, Collection<Transfer> transfers) {
    Writes.Rows<Transfer> rows =
        writes
            .add(INSERT_TRANSFERS, transfers)
            .column("uuid", transfer -> transfer.order().merchantId())
            .column("uuid", transfer -> transfer.order().id())
            .column("varchar", transfer -> transfer.order().from())
            .column("varchar", transfer -> transfer.order().to())
            .column("bigint", transfer -> transfer.order().money().amount())
            .column("varchar", transfer -> transfer.order().money().currency())
            .column("varchar", transfer -> transfer.state().text())
            .column("uuid", transfer -> transfer.order().paymentId())
            .column("varchar", transfer -> transfer.order().reference())
            .column("varchar", transfer -> transfer.order().metadataJson())
            .column("varchar", transfer -> text(transfer.createdAt()))
            .column("varchar", transfer -> text(transfer.expiresAt()))
            .column("varchar", transfer -> text(transfer.endedAt()));
    entries(rows);
  }

  static void updateTransfers(Writes writes, Collection<Transfer> transfers) {
    Writes.Rows<Transfer> rows =
        writes
            .add(UPDATE_TRANSFERS, transfers)
            .column("uuid", transfer -> transfer.order().merchantId())
            .column("uuid", transfer -> transfer.order().id())
            .column("bigint", transfer -> transfer.order().money().amount())
            .column("varchar", transfer -> transfer.state().text())
            .column("varchar", transfer -> text(transfer.expiresAt()))
            .column("varchar", transfer -> text(transfer.endedAt()));
    entries(rows);
  }

  private static void entries(Writes.Rows<Transfer> rows) {
    rows.column("bigint", transfer -> number(transfer.fromEntry()))
        .column("bigint", transfer -> number(transfer.toEntry()))
        .column("bigint", transfer -> balanceAfter(transfer.fromEntry()))
        .column("bigint", transfer -> balanceAfter(transfer.toEntry()))
        .column("bytea", Transfer::fromHash)
        .column("bytea", Transfer::toHash);
  }

  private static @Nullable Long number(Transfer.@Nullable Entry entry) {
    return entry == null ? null : entry.number();
  }

  private static @Nullable Long balanceAfter(Transfer.@Nullable Entry entry) {
    return entry == null ? null : entry.balanceAfter();
  }

  private static @Nullable String text(@Nullable Instant instant) {
    return instant == null ? null : instant.toString();
  }

  static void updateAccounts(Writes writes, Collection<Account> accounts) {
    writes
        .add(UPDATE_ACCOUNTS, accounts)
        .column("uuid", account -> account.key().merchantId())
        .column("varchar", account -> account.key().id())
        .column("bigint", Account::posted)
        .column("bigint", Account::pendingOut)
        .column("bigint", Account::pendingIn)
        .column("bigint", Account::entryCount)
        .column("bytea", Account::chainHead);
  }

  private static void setArray(PreparedStatement statement, int index, String type, Object[] values)
      throws SQLException {
    statement.setArray(index, statement.getConnection().createArrayOf(type, values));
  }
}
