package io.quittance.access.merchant;

import io.quittance.access.Secret;
import io.quittance.database.AssignedId;
import io.quittance.identity.RateLimit;
import io.quittance.identity.Scope;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A merchant's key. Only the SHA-256 of its secret is kept. */
@Entity
@Table(name = "api_keys")
class ApiKey extends AssignedId {

  private UUID merchantId;
  private String name;

  @SuppressWarnings("UnusedVariable") // queries read it
  private byte[] secretHash;

  private String scopes;
  private int scopeVocabulary;
  private Instant createdAt;
  private @Nullable Instant expiresAt;
  private @Nullable Instant revokedAt;
  private @Nullable Instant rotatedAt;

  /** What {@link #expiresAt} was before the first rotation. */
  private @Nullable Instant successorExpiresAt;

  private @Nullable Integer requestsPerSecond;
  private @Nullable Integer burst;

  @Column(insertable = false, updatable = false) // LastUse writes it
  private @Nullable Instant lastUsedAt;

  @SuppressWarnings("NullAway.Init") // for JPA, which fills the fields
  protected ApiKey() {}

  ApiKey(
      UUID id,
      UUID merchantId,
      String name,
      Secret secret,
      Set<Scope> scopes,
      Instant createdAt,
      @Nullable Instant expiresAt,
      @Nullable RateLimit rateLimit) {
    super(id);
    this.merchantId = merchantId;
    this.name = name;
    this.secretHash = secret.hash();
    this.scopes = Scope.join(scopes);
    this.scopeVocabulary = Scope.VOCABULARY;
    this.createdAt = createdAt;
    this.expiresAt = expiresAt;
    this.requestsPerSecond = rateLimit == null ? null : rateLimit.requestsPerSecond();
    this.burst = rateLimit == null ? null : rateLimit.burst();
  }

  /** The key stops working now, for good. */
  void revoke(Instant now) {
    if (revokedAt == null) {
      revokedAt = now;
    }
  }

  /**
   * A key with the same name, scopes, expiry and rate limit, while this one goes on for the
   * overlap. A key that is rotated again, its successor's secret being lost, hands on the expiry
   * that it had at first.
   */
  ApiKey rotate(UUID newId, Secret secret, Duration overlap, Instant now) {
    if (rotatedAt == null) {
      rotatedAt = now;
      successorExpiresAt = expiresAt;
    }
    Instant end = now.plus(overlap);
    if (expiresAt == null || expiresAt.isAfter(end)) {
      expiresAt = end;
    }
    var successor =
        new ApiKey(newId, merchantId, name, secret, scopes(), now, successorExpiresAt, rateLimit());
    successor.scopes = Scope.join(scopes(), scopes);
    return successor;
  }

  /** Whether its merchant finds it, usable or not. */
  boolean shown() {
    return revokedAt == null;
  }

  boolean usableAt(Instant now) {
    return shown() && (expiresAt == null || expiresAt.isAfter(now));
  }

  Set<Scope> scopes() {
    return Scope.split(scopes, scopeVocabulary);
  }

  String name() {
    return name;
  }

  Instant createdAt() {
    return createdAt;
  }

  @Nullable Instant expiresAt() {
    return expiresAt;
  }

  /** Null: only the merchant's limit applies. */
  @Nullable RateLimit rateLimit() {
    return requestsPerSecond == null || burst == null
        ? null
        : new RateLimit(requestsPerSecond, burst);
  }

  @Nullable Instant lastUsedAt() {
    return lastUsedAt;
  }
}
