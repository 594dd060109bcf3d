package io.quittance.ledger;

import io.quittance.database.ArrayParameters;
import io.quittance.journal.AccountKey;
import io.quittance.journal.Dialect;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcOperations;

/** How {@link Books} reads and locks. Thread-safe. */
final class BooksSql {

  private static final String READ_ACCOUNTS =
      "select "
          + Account.TABLE.names()
          + " from accounts where merchant_id = ? and id = any(?) order by id";

  /** What another transaction has locked is not waited for. */
  private static final String LOCK_ACCOUNTS = READ_ACCOUNTS + " for update skip locked";

  private static final String EXISTING_ACCOUNTS =
      "select merchant_id, id from accounts where merchant_id = ? and id = any(?)";

  private static final String AWAIT_LOCK =
      "select id from accounts where merchant_id = ? and id = ? for update";

  /** A join, because H2 answers {@code in (select …)} with a scan of the table. */
  private static final String FIND_TRANSFERS =
      """
      select t.*
        from unnest(cast(? as uuid array), cast(? as uuid array)) as k(merchant_id, id)
        join transfers t on t.merchant_id = k.merchant_id and t.id = k.id
      """;

  private static final String REVERSED =
      "select coalesce(sum(amount), 0) from transfers where merchant_id = ? and reverses = ?";

  private final Dialect dialect;

  BooksSql(Dialect dialect) {
    this.dialect = dialect;
  }

  List<Account> read(JdbcOperations jdbc, Set<AccountKey> keys) {
    return dialect.queryByMerchant(jdbc, READ_ACCOUNTS, keys, (rs, row) -> Account.read(rs));
  }

  /** The accounts that are there and free; they are locked from now on. */
  List<Account> lock(JdbcOperations jdbc, Set<AccountKey> keys) {
    return dialect.queryByMerchant(jdbc, LOCK_ACCOUNTS, keys, (rs, row) -> Account.read(rs));
  }

  /** Those that are there, of accounts that could not be locked. */
  Set<AccountKey> lockedElsewhere(JdbcOperations jdbc, Set<AccountKey> keys) {
    return new HashSet<>(
        dialect.queryByMerchant(
            jdbc,
            EXISTING_ACCOUNTS,
            keys,
            (rs, row) ->
                new AccountKey(rs.getObject("merchant_id", UUID.class), rs.getString("id"))));
  }

  void awaitLock(JdbcOperations jdbc, AccountKey account) {
    jdbc.queryForList(AWAIT_LOCK, account.merchantId(), account.id());
  }

  List<Transfer> findTransfers(JdbcOperations jdbc, Object[] merchantIds, Object[] ids) {
    return jdbc.query(
        FIND_TRANSFERS + dialect.ofMerchants("t"),
        statement -> {
          ArrayParameters.bind(statement, 1, "uuid", merchantIds);
          ArrayParameters.bind(statement, 2, "uuid", ids);
          dialect.bindMerchants(statement, 3, merchantIds);
        },
        (rs, row) -> Transfer.read(rs));
  }

  /** How much of a transfer is given back, by now: both of its accounts must be locked. */
  long reversed(JdbcOperations jdbc, UUID merchantId, UUID transferId) {
    return Objects.requireNonNull(
        jdbc.queryForObject(REVERSED, Long.class, merchantId, transferId));
  }
}
