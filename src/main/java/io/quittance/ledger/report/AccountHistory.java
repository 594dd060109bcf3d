package io.quittance.ledger.report;

import io.quittance.database.Dialect;
import io.quittance.journal.AccountKey;
import io.quittance.ledger.Account;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * An account as it was. Entries are numbered 1, 2, 3, … and their times ascend with their numbers,
 * so an instant is found by binary search: some twenty look-ups in a million entries, and no index
 * on time. Thread-safe.
 */
@Component
final class AccountHistory {

  private final JdbcClient jdbc;
  private final JdbcOperations operations;
  private final Dialect dialect;

  AccountHistory(JdbcClient jdbc, JdbcOperations operations, Dialect dialect) {
    this.jdbc = jdbc;
    this.operations = operations;
    this.dialect = dialect;
  }

  /** The database's clock, from which entries get their times. */
  Instant now() {
    return dialect.now(operations);
  }

  /** How many entries the account had before this instant. */
  long entriesBefore(Account account, Instant instant) {
    long low = 0;
    long high = account.entryCount();
    while (low < high) {
      long middle = low + (high - low + 1) / 2;
      if (postedAt(account.key(), middle).isBefore(instant)) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  private Instant postedAt(AccountKey key, long number) {
    return find(key, number, "created_at", OffsetDateTime.class).toInstant();
  }

  /** The balance after this many entries. */
  long balanceAfter(Account account, long entries) {
    return entries == 0 ? 0 : find(account.key(), entries, "balance_after", Long.class);
  }

  private <T> T find(AccountKey key, long number, String column, Class<T> type) {
    return jdbc.sql(
            "select "
                + column
                + " from entries where merchant_id = ? and account_id = ? and number = ?")
        .param(key.merchantId())
        .param(key.id())
        .param(number)
        .query((rs, row) -> rs.getObject(column, type))
        .single();
  }
}
