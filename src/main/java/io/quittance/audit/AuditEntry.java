package io.quittance.audit;

import io.quittance.identity.Origin;
import io.quittance.web.TypeId;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;

/**
 * One change in the audit trail of a merchant.
 *
 * @param action the type of the object, a dot, and what was done: {@code api_key.revoked}
 * @param details what changed, in a few JSON values; never a secret
 */
public record AuditEntry(
    UUID merchantId,
    UUID id,
    Origin origin,
    String action,
    String objectId,
    Map<String, ?> details) {

  /** All actions of all modules; the audit log can be filtered by each. */
  public static final SortedSet<String> ACTIONS =
      Collections.unmodifiableSortedSet(
          new TreeSet<>(
              Set.of(
                  "account.changed",
                  "account.opened",
                  "api_key.created",
                  "api_key.revoked",
                  "api_key.rotated",
                  "api_key.session_ended",
                  "api_key.session_opened",
                  "fraud_rules.replaced",
                  "merchant.changed",
                  "merchant.created",
                  "payment.review_approved",
                  "payment.review_declined",
                  "webhook_endpoint.changed",
                  "webhook_endpoint.created",
                  "webhook_endpoint.deleted",
                  "webhook_endpoint.disabled",
                  "webhook_endpoint.recovery_started",
                  "webhook_endpoint.secret_rotated")));

  public static AuditEntry of(
      UUID merchantId, Origin origin, String action, String objectId, Map<String, ?> details) {
    return new AuditEntry(merchantId, TypeId.next(), origin, action, objectId, details);
  }

  String objectType() {
    return action.substring(0, action.indexOf('.'));
  }
}
