package io.quittance.access;

import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.TypeId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Takes in merchants and hands out their keys. */
@Service
public class Onboarding {

  /** A key together with its secret, which is shown this once. */
  record Issued(ApiKey key, Secret secret) {}

  private final Merchants merchants;
  private final ApiKeys keys;
  private final Authenticator authenticator;
  private final AuditTrail audit;
  private final Clock clock;

  Onboarding(
      Merchants merchants,
      ApiKeys keys,
      Authenticator authenticator,
      AuditTrail audit,
      Clock clock) {
    this.merchants = merchants;
    this.keys = keys;
    this.authenticator = authenticator;
    this.audit = audit;
    this.clock = clock;
  }

  /** A new merchant and its first key, which has every scope. */
  @Transactional
  Issued register(Merchant merchant, Origin origin) {
    merchants.save(merchant);
    UUID id = merchant.getId();
    audit.record(
        AuditEntry.of(
            id,
            origin,
            "merchant.created",
            TypeId.format("mch", id),
            Map.of("name", merchant.name())));
    Secret secret = Secret.random();
    return save(id, origin, "first key", EnumSet.allOf(Scope.class), null, null, secret);
  }

  /** Makes sure that this merchant exists and that this secret is a key of it with every scope. */
  @Transactional
  public void ensure(UUID merchantId, String name, String secret) {
    if (!merchants.existsById(merchantId)) {
      merchants.save(new Merchant(merchantId, name, null, clock.instant()));
    }
    var known = new Secret(secret);
    if (!keys.existsBySecretHash(known.hash())) {
      save(merchantId, Origin.SYSTEM, name, EnumSet.allOf(Scope.class), null, null, known);
    }
  }

  /**
   * A new key.
   *
   * @throws Problem 403 if it were to have a scope that the caller has not
   */
  @Transactional
  Issued issue(
      Caller caller,
      String name,
      Set<Scope> scopes,
      @Nullable Instant expiresAt,
      @Nullable RateLimit rateLimit) {
    mayHandOut(caller, scopes);
    Secret secret = Secret.random();
    return save(caller.merchantId(), caller.origin(), name, scopes, expiresAt, rateLimit, secret);
  }

  private Issued save(
      UUID merchantId,
      Origin origin,
      String name,
      Set<Scope> scopes,
      @Nullable Instant expiresAt,
      @Nullable RateLimit rateLimit,
      Secret secret) {
    Instant now = clock.instant();
    ApiKey key =
        keys.save(
            new ApiKey(TypeId.next(), merchantId, name, secret, scopes, now, expiresAt, rateLimit));
    var details = new LinkedHashMap<String, Object>();
    details.put("name", name);
    details.put("scopes", scopes);
    if (expiresAt != null) {
      details.put("expires_at", expiresAt);
    }
    if (rateLimit != null) {
      details.put("rate_limit", rateLimit);
    }
    audit.record(AuditEntry.of(merchantId, origin, "api_key.created", id(key), details));
    return new Issued(key, secret);
  }

  /**
   * A successor to a key.
   *
   * @throws Problem 403 if the key has a scope that the caller has not
   */
  @Transactional
  Issued rotate(Caller caller, UUID id, Duration overlap) {
    ApiKey old = find(caller.merchantId(), id);
    mayHandOut(caller, old.scopes());
    Secret secret = Secret.random();
    ApiKey successor = keys.save(old.rotate(TypeId.next(), secret, overlap, clock.instant()));
    audit.record(
        caller,
        "api_key.rotated",
        id(old),
        Map.of("successor", id(successor), "overlap_seconds", overlap.toSeconds()));
    forgetOnCommit();
    return new Issued(successor, secret);
  }

  /** Ends a key. A key may end itself: this request is its last. */
  @Transactional
  void revoke(Caller caller, UUID id) {
    ApiKey key = find(caller.merchantId(), id);
    key.revoke(clock.instant());
    audit.record(caller, "api_key.revoked", id(key), Map.of("name", key.name()));
    forgetOnCommit();
  }

  /** Otherwise a key that may only make keys could make itself anything. */
  private static void mayHandOut(Caller caller, Set<Scope> scopes) {
    Set<Scope> lacking = EnumSet.copyOf(scopes);
    lacking.removeAll(caller.scopes());
    if (!lacking.isEmpty()) {
      throw Problem.of(
          ProblemCode.INSUFFICIENT_SCOPE,
          "A key hands out only scopes that it has itself, not " + Scope.join(lacking) + ".");
    }
  }

  private static String id(ApiKey key) {
    return TypeId.format("key", key.getId());
  }

  /** Any earlier, a look-up of the old state could be remembered again before the commit. */
  private void forgetOnCommit() {
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            authenticator.forgetAll();
          }
        });
  }

  private ApiKey find(UUID merchantId, UUID id) {
    return keys.findByMerchantIdAndId(merchantId, id)
        .filter(key -> key.usableAt(clock.instant()))
        .orElseThrow(() -> Problem.of(ProblemCode.NOT_FOUND));
  }
}
