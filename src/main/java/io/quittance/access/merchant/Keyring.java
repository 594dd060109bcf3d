package io.quittance.access.merchant;

import io.quittance.access.AccessCaches;
import io.quittance.access.Secret;
import io.quittance.audit.AuditEntry;
import io.quittance.audit.AuditTrail;
import io.quittance.identity.Caller;
import io.quittance.identity.Origin;
import io.quittance.identity.RateLimit;
import io.quittance.identity.Scope;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.TypeId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Makes, rotates and revokes the keys of merchants. */
@Service
class Keyring {

  /** A key together with its secret, which is shown this once. */
  record Issued(ApiKey key, Secret secret) {}

  /** The properties of a new key. It expires at a whole microsecond, as databases store it. */
  record Wish(
      String name, Set<Scope> scopes, @Nullable Instant expiresAt, @Nullable RateLimit rateLimit) {

    Wish {
      expiresAt = expiresAt == null ? null : expiresAt.truncatedTo(ChronoUnit.MICROS);
    }

    /** A key with all scopes that does not expire. */
    static Wish all(String name) {
      return new Wish(name, EnumSet.allOf(Scope.class), null, null);
    }
  }

  private final ApiKeys keys;
  private final ApiKeyLimit limit;
  private final AccessCaches caches;
  private final AuditTrail audit;
  private final Clock clock;

  Keyring(ApiKeys keys, ApiKeyLimit limit, AccessCaches caches, AuditTrail audit, Clock clock) {
    this.keys = keys;
    this.limit = limit;
    this.caches = caches;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * A new key, made with another one.
   *
   * @throws Problem 403 if it would have a scope that the caller lacks; 409 if the merchant has
   *     reached its limit of keys
   */
  @Transactional
  Issued issue(Caller caller, Wish wish) {
    mayHandOut(caller, wish.scopes());
    limit.check(caller.merchantId());
    return issue(caller.merchantId(), caller.origin(), wish, Secret.random());
  }

  /** A new key, made by the operator or the service itself, without the limit of keys. */
  @Transactional
  Issued issue(UUID merchantId, Origin origin, Wish wish, Secret secret) {
    ApiKey key =
        keys.save(
            new ApiKey(
                TypeId.next(),
                merchantId,
                wish.name(),
                secret,
                wish.scopes(),
                clock.instant(),
                wish.expiresAt(),
                wish.rateLimit()));
    var details = new LinkedHashMap<String, Object>();
    details.put("name", wish.name());
    details.put("scopes", wish.scopes());
    if (wish.expiresAt() != null) {
      details.put("expires_at", wish.expiresAt());
    }
    if (wish.rateLimit() != null) {
      details.put("rate_limit", wish.rateLimit());
    }
    audit.record(AuditEntry.of(merchantId, origin, "api_key.created", id(key), details));
    return new Issued(key, secret);
  }

  /** Makes sure that a secret is a key of a merchant, with every scope. */
  @Transactional
  void ensure(UUID merchantId, String name, Secret secret) {
    if (!keys.existsBySecretHash(secret.hash())) {
      issue(merchantId, Origin.SYSTEM, Wish.all(name), secret);
    }
  }

  /**
   * A successor to a key.
   *
   * @throws Problem 403 if the key has a scope that the caller lacks; 409 if both would exceed the
   *     merchant's limit of keys
   */
  @Transactional
  Issued rotate(Caller caller, UUID id, Duration overlap) {
    if (overlap.isPositive()) {
      limit.check(caller.merchantId());
    }
    ApiKey old = require(caller.merchantId(), id, key -> key.usableAt(clock.instant()));
    mayHandOut(caller, old.scopes());
    Secret secret = Secret.random();
    ApiKey successor = keys.save(old.rotate(TypeId.next(), secret, overlap, clock.instant()));
    audit.record(
        caller,
        "api_key.rotated",
        id(old),
        Map.of("successor", id(successor), "overlap_seconds", overlap.toSeconds()));
    caches.forgetOnCommit(caller.merchantId());
    return new Issued(successor, secret);
  }

  /** Revokes a key, even an expired one, or itself: it is refused from the next request on. */
  @Transactional
  void revoke(Caller caller, UUID id) {
    ApiKey key = require(caller.merchantId(), id, ApiKey::shown);
    key.revoke(clock.instant());
    audit.record(caller, "api_key.revoked", id(key), Map.of("name", key.name()));
    caches.forgetOnCommit(caller.merchantId());
  }

  /** Otherwise a key that may only make keys could give itself any scope. */
  private static void mayHandOut(Caller caller, Set<Scope> scopes) {
    Set<Scope> lacking = EnumSet.copyOf(scopes);
    lacking.removeIf(caller::may);
    if (!lacking.isEmpty()) {
      throw Problem.of(
          ProblemCode.INSUFFICIENT_SCOPE,
          "A key can grant only scopes that it has itself; it lacks " + Scope.join(lacking) + ".");
    }
  }

  private static String id(ApiKey key) {
    return TypeId.format("key", key.getId());
  }

  private ApiKey require(UUID merchantId, UUID id, Predicate<ApiKey> condition) {
    return keys.lock(merchantId, id)
        .filter(condition)
        .orElseThrow(() -> Problem.notFound("API key"));
  }
}
