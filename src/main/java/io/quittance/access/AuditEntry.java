package io.quittance.access;

import io.quittance.web.TypeId;
import java.util.Map;
import java.util.UUID;

/**
 * One change in the audit trail of a merchant.
 *
 * @param action what was done, after the type of the object and a dot: {@code api_key.revoked}
 * @param details what changed, in a few JSON values; never a secret
 */
public record AuditEntry(
    UUID merchantId,
    UUID id,
    Origin origin,
    String action,
    String objectId,
    Map<String, ?> details) {

  public static AuditEntry of(
      UUID merchantId, Origin origin, String action, String objectId, Map<String, ?> details) {
    return new AuditEntry(merchantId, TypeId.next(), origin, action, objectId, details);
  }

  String objectType() {
    return action.substring(0, action.indexOf('.'));
  }
}
