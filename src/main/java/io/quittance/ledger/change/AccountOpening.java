package io.quittance.ledger.change;

import io.quittance.audit.AuditEntry;
import io.quittance.audit.AuditTrail;
import io.quittance.identity.Origin;
import io.quittance.journal.AccountKey;
import io.quittance.ledger.AccountKind;
import io.quittance.ledger.AccountTerms;
import java.util.Map;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Opens accounts. An account that may owe money, external or with an overdraft, is added to the
 * audit trail; an ordinary one is not, since a merchant may open one for every customer. Its
 * creation time is the database's, like the time by which payments are judged. Thread-safe.
 */
@Component
final class AccountOpening {

  private static final String INSERT =
      """
      insert into accounts (merchant_id, id, currency, name, kind, overdraft_limit, metadata, posted,
                            pending_out, pending_in, entry_count, created_at)
      values (?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, current_timestamp)
      """;

  private final JdbcClient jdbc;
  private final TransactionOperations transaction;
  private final AuditTrail audit;

  AccountOpening(JdbcClient jdbc, TransactionOperations transaction, AuditTrail audit) {
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.audit = audit;
  }

  /** Opens an account; false if one with this id exists already. */
  boolean open(AccountKey key, AccountTerms terms, Origin origin) {
    try {
      transaction.executeWithoutResult(
          status -> {
            insert(key, terms);
            if (terms.kind() == AccountKind.EXTERNAL || terms.overdraftLimit() > 0) {
              audit.record(opened(key, terms, origin));
            }
          });
      return true;
    } catch (DuplicateKeyException e) {
      return false;
    }
  }

  private void insert(AccountKey key, AccountTerms terms) {
    jdbc.sql(INSERT)
        .params(
            key.merchantId(),
            key.id(),
            terms.currency(),
            terms.name(),
            terms.kind().text(),
            terms.overdraftLimit(),
            terms.metadataJson())
        .update();
  }

  private static AuditEntry opened(AccountKey key, AccountTerms terms, Origin origin) {
    return AuditEntry.of(
        key.merchantId(),
        origin,
        "account.opened",
        key.id(),
        Map.of(
            "currency",
            terms.currency(),
            "kind",
            terms.kind(),
            "overdraft_limit",
            terms.overdraftLimit()));
  }
}
