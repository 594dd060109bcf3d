package io.quittance.identity;

import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The merchant on whose behalf a request is made, as its API key or token says. Controllers take it
 * as a parameter.
 *
 * @param keyId the id of the key; for a token, an id derived from its issuer, subject and merchant
 * @param terms the terms of the merchant
 * @param rateLimit the key's own limit; null: only the merchant's limit applies
 * @param origin for the audit trail
 */
public record Caller(
    UUID merchantId,
    UUID keyId,
    Set<Scope> scopes,
    Terms terms,
    @Nullable RateLimit rateLimit,
    Origin origin) {

  /** The attribute of an authenticated request. */
  public static final String ATTRIBUTE = Caller.class.getName();

  /** The longest deadline that the merchant may be granted, in milliseconds. */
  public int deadlineMaxMs() {
    return terms.deadlineMaxMs();
  }

  public boolean may(Scope scope) {
    return scope.isIn(scopes);
  }
}
