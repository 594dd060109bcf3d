package io.quittance.access;

import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a key or a token says of its bearer, whatever the request. */
record Identity(
    UUID merchantId,
    UUID keyId,
    Actor actor,
    Set<Scope> scopes,
    Terms terms,
    @Nullable RateLimit rateLimit) {

  Caller from(Origin origin) {
    return new Caller(merchantId, keyId, scopes, terms, rateLimit, origin);
  }
}
