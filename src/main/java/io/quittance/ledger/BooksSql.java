package io.quittance.ledger;

import static java.util.stream.Collectors.groupingBy;

import io.quittance.database.ArrayParameters;
import io.quittance.database.Dialect;
import io.quittance.journal.AccountKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.RowMapper;

/** The SQL with which {@link Books} reads and locks. Thread-safe. */
final class BooksSql {

  private static final String READ_ACCOUNTS =
      "select "
          + Account.TABLE.names()
          + " from accounts where merchant_id = ? and id = any(?) order by id";

  /** Skips what another transaction has locked. */
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

  private static final String SUM_REVERSALS =
      """
      select t.merchant_id, t.reverses, count(*) as reversals, sum(t.amount) as amount
        from unnest(cast(? as uuid array), cast(? as uuid array)) as k(merchant_id, id)
        join transfers t on t.merchant_id = k.merchant_id and t.reverses = k.id%s
       group by t.merchant_id, t.reverses
      """;

  private final Dialect dialect;

  BooksSql(Dialect dialect) {
    this.dialect = dialect;
  }

  List<Account> read(JdbcOperations jdbc, Set<AccountKey> keys) {
    return queryByMerchant(jdbc, READ_ACCOUNTS, keys, (rs, row) -> Account.read(rs));
  }

  /** Locks the accounts that exist and are free, and returns them. */
  List<Account> lock(JdbcOperations jdbc, Set<AccountKey> keys) {
    return queryByMerchant(jdbc, LOCK_ACCOUNTS, keys, (rs, row) -> Account.read(rs));
  }

  /** Of accounts that could not be locked, those that exist. */
  Set<AccountKey> lockedElsewhere(JdbcOperations jdbc, Set<AccountKey> keys) {
    return new HashSet<>(
        queryByMerchant(
            jdbc,
            EXISTING_ACCOUNTS,
            keys,
            (rs, row) ->
                new AccountKey(rs.getObject("merchant_id", UUID.class), rs.getString("id"))));
  }

  void awaitLock(JdbcOperations jdbc, AccountKey account) {
    jdbc.queryForList(AWAIT_LOCK, account.merchantId(), account.id());
  }

  List<Transfer> findTransfers(JdbcOperations jdbc, Collection<TransferKey> keys) {
    Object[] merchantIds = keys.stream().map(TransferKey::merchantId).toArray();
    return jdbc.query(
        FIND_TRANSFERS + dialect.ofMerchants("t"),
        statement -> {
          ArrayParameters.bind(statement, 1, "uuid", merchantIds);
          ArrayParameters.bind(statement, 2, "uuid", keys.stream().map(TransferKey::id).toArray());
          dialect.bindMerchants(statement, 3, merchantIds);
        },
        (rs, row) -> Transfer.read(rs));
  }

  /**
   * The reversals of transfers so far; the accounts of each transfer must be locked. Transfers
   * without reversals are left out.
   */
  Map<TransferKey, Reversals> sumReversals(JdbcOperations jdbc, Collection<TransferKey> keys) {
    Object[] merchantIds = keys.stream().map(TransferKey::merchantId).toArray();
    var sums = new HashMap<TransferKey, Reversals>();
    jdbc.query(
        SUM_REVERSALS.formatted(dialect.ofMerchants("t")),
        statement -> {
          ArrayParameters.bind(statement, 1, "uuid", merchantIds);
          ArrayParameters.bind(statement, 2, "uuid", keys.stream().map(TransferKey::id).toArray());
          dialect.bindMerchants(statement, 3, merchantIds);
        },
        rs -> {
          sums.put(
              new TransferKey(
                  rs.getObject("merchant_id", UUID.class), rs.getObject("reverses", UUID.class)),
              new Reversals(rs.getInt("reversals"), rs.getLong("amount")));
        });
    return sums;
  }

  /**
   * Runs a query once for each merchant, because each may be on another server; on PostgreSQL all
   * are sent in one round trip.
   *
   * @param sql a query with the parameters merchant id and array of row ids
   */
  private <T> List<T> queryByMerchant(
      JdbcOperations jdbc, String sql, Collection<AccountKey> keys, RowMapper<T> mapper) {
    Map<UUID, Object[]> ids = new TreeMap<>();
    keys.stream()
        .collect(groupingBy(AccountKey::merchantId))
        .forEach((merchant, own) -> ids.put(merchant, own.stream().map(AccountKey::id).toArray()));
    return Objects.requireNonNull(
        jdbc.execute(
            (ConnectionCallback<List<T>>)
                connection -> {
                  var rows = new ArrayList<T>(keys.size());
                  if (dialect.takesStatementsTogether()) {
                    queryTogether(connection, sql, ids, mapper, rows);
                  } else {
                    for (var one : ids.entrySet()) {
                      queryTogether(
                          connection, sql, Map.of(one.getKey(), one.getValue()), mapper, rows);
                    }
                  }
                  return rows;
                }));
  }

  private static <T> void queryTogether(
      Connection connection, String sql, Map<UUID, Object[]> ids, RowMapper<T> mapper, List<T> rows)
      throws SQLException {
    String all = String.join(";\n", Collections.nCopies(ids.size(), sql.strip()));
    try (PreparedStatement statement = connection.prepareStatement(all)) {
      int parameter = 1;
      for (var own : ids.entrySet()) {
        statement.setObject(parameter++, own.getKey());
        statement.setArray(parameter++, connection.createArrayOf("varchar", own.getValue()));
      }
      for (boolean more = statement.execute(); more; more = statement.getMoreResults()) {
        try (ResultSet rs = statement.getResultSet()) {
          for (int row = 0; rs.next(); row++) {
            rows.add(mapper.mapRow(rs, row));
          }
        }
      }
    }
  }
}
