package io.quittance.access;

import io.quittance.identity.Actor;
import io.quittance.identity.Caller;
import io.quittance.identity.Origin;
import io.quittance.identity.RateLimit;
import io.quittance.identity.Scope;
import io.quittance.identity.Terms;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a key or token says about its bearer; the same for every request. */
public record Identity(
    UUID merchantId,
    UUID keyId,
    Actor actor,
    Set<Scope> scopes,
    Terms terms,
    @Nullable RateLimit rateLimit) {

  public Caller from(Origin origin) {
    return new Caller(merchantId, keyId, scopes, terms, rateLimit, origin);
  }
}
