package io.quittance.fraud;

import io.quittance.audit.AuditTrail;
import io.quittance.identity.Caller;
import io.quittance.web.TypeId;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.UUID;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Replaces rule sets, each with its audit entry. If several concurrent requests have read the same
 * version, one wins. Thread-safe.
 */
@Component
final class Replacements {

  private final JdbcClient jdbc;
  private final TransactionOperations transactions;
  private final AuditTrail audit;
  private final Clock clock;

  Replacements(JdbcClient jdbc, TransactionOperations transactions, AuditTrail audit, Clock clock) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * Replaces the caller's rules.
   *
   * @param rules with the version that was read
   * @param body what is stored of them
   * @return false if that version is no longer in force
   */
  boolean replace(Caller caller, RuleSet rules, String body) {
    try {
      return Boolean.TRUE.equals(
          transactions.execute(status -> write(caller, rules, body) && audited(caller, rules)));
    } catch (DuplicateKeyException e) {
      // Another request stored the first rules meanwhile. In plain SQL: Hibernate would log an
      // error.
      return false;
    }
  }

  private boolean write(Caller caller, RuleSet rules, String body) {
    UUID merchantId = caller.merchantId();
    OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
    if (rules.version() > 0) {
      return jdbc.sql(
                  "update fraud_rule_sets set version = version + 1, body = ?, updated_at = ?"
                      + " where merchant_id = ? and version = ?")
              .params(body, now, merchantId, rules.version())
              .update()
          == 1;
    }
    if (hasRules(merchantId)) {
      return false;
    }
    return jdbc.sql(
                "insert into fraud_rule_sets (merchant_id, version, body, updated_at)"
                    + " values (?, 1, ?, ?)")
            .params(merchantId, body, now)
            .update()
        == 1;
  }

  private boolean hasRules(UUID merchantId) {
    return jdbc.sql("select exists (select 1 from fraud_rule_sets where merchant_id = ?)")
        .param(merchantId)
        .query(Boolean.class)
        .single();
  }

  private boolean audited(Caller caller, RuleSet rules) {
    audit.record(
        caller,
        "fraud_rules.replaced",
        TypeId.format("mch", caller.merchantId()),
        Map.of(
            "version",
            rules.version() + 1,
            "rules",
            rules.rules().stream().map(Rule::id).toList(),
            "review_from",
            rules.reviewFrom(),
            "decline_from",
            rules.declineFrom(),
            "fallback",
            rules.fallback()));
    return true;
  }
}
