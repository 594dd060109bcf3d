package io.quittance.notification;

import io.quittance.notification.SecretKeys.Sealed;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.hibernate.annotations.DynamicUpdate;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Persistable;

/** A merchant's webhook endpoint. Its secrets are kept sealed. */
@Entity
@Table(name = "webhook_endpoints")
@DynamicUpdate // the columns of its health are written by deliveries
class Endpoint implements Persistable<UUID> {

  /** The hexadecimal digits: a merchant has at most as many endpoints. */
  static final String SLOTS = "0123456789abcdef";

  @Id private UUID id;
  private UUID merchantId;
  private char slot;
  private String url;
  private String events;
  private @Nullable String description;
  private boolean enabled;
  private @Nullable String disabledReason;
  private @Nullable Instant failingSince;
  private byte[] secret;
  private String secretKeyId;
  private byte @Nullable [] previousSecret;
  private @Nullable String previousSecretKeyId;
  private @Nullable Instant previousSecretUntil;
  private @Nullable Instant recoveringSince;
  private @Nullable Instant recoveringUntil;

  @SuppressWarnings("UnusedVariable") // recovery reads it
  private @Nullable UUID recoveredTo;

  private Instant createdAt;
  private transient boolean stored = true;

  @SuppressWarnings("NullAway.Init") // for JPA, which fills the fields
  protected Endpoint() {}

  Endpoint(UUID id, UUID merchantId, char slot, Target target, Sealed secret, Instant createdAt) {
    this.id = id;
    this.merchantId = merchantId;
    this.slot = slot;
    this.url = target.url();
    this.events = target.events().text();
    this.description = target.description();
    this.enabled = true;
    this.secret = secret.bytes();
    this.secretKeyId = secret.keyId();
    this.createdAt = createdAt;
    this.stored = false;
  }

  /** What a merchant says of an endpoint. */
  record Target(String url, Subscription events, @Nullable String description) {}

  void retarget(Target target) {
    this.url = target.url();
    this.events = target.events().text();
    this.description = target.description();
  }

  /** Takes events again, as if it had never failed. */
  void enable() {
    enabled = true;
    disabledReason = null;
    failingSince = null;
  }

  void disable(String reason) {
    if (enabled) {
      enabled = false;
      disabledReason = reason;
    }
  }

  /** Signs with the new secret, and with the old one as well until the overlap is over. */
  void rotate(Sealed next, Instant now, Duration overlap) {
    previousSecret = secret;
    previousSecretKeyId = secretKeyId;
    previousSecretUntil = now.plus(overlap);
    secret = next.bytes();
    secretKeyId = next.keyId();
  }

  /** Keeps the same secrets under another key. */
  void reseal(Sealed current, @Nullable Sealed previous) {
    secret = current.bytes();
    secretKeyId = current.keyId();
    previousSecret = previous == null ? null : previous.bytes();
    previousSecretKeyId = previous == null ? null : previous.keyId();
  }

  /** Starts to send again what it has not taken since then. */
  void recover(Instant since, Instant until) {
    recoveringSince = since;
    recoveringUntil = until;
    recoveredTo = null;
  }

  /** The secrets that sign at this instant: the current one first. */
  List<Sealed> secrets(Instant now) {
    var secrets = new ArrayList<Sealed>();
    secrets.add(new Sealed(secretKeyId, secret));
    Sealed previous = previousSecret(now);
    if (previous != null) {
      secrets.add(previous);
    }
    return secrets;
  }

  @Nullable Sealed previousSecret(Instant now) {
    return previousSecret != null
            && previousSecretKeyId != null
            && previousSecretUntil != null
            && previousSecretUntil.isAfter(now)
        ? new Sealed(previousSecretKeyId, previousSecret)
        : null;
  }

  @Override
  public UUID getId() {
    return id;
  }

  @Override
  public boolean isNew() {
    return !stored;
  }

  UUID merchantId() {
    return merchantId;
  }

  char slot() {
    return slot;
  }

  String url() {
    return url;
  }

  Subscription events() {
    return new Subscription(events);
  }

  @Nullable String description() {
    return description;
  }

  boolean enabled() {
    return enabled;
  }

  @Nullable String disabledReason() {
    return disabledReason;
  }

  @Nullable Instant failingSince() {
    return failingSince;
  }

  @Nullable Instant recoveringSince() {
    return recoveringSince;
  }

  @Nullable Instant recoveringUntil() {
    return recoveringUntil;
  }

  Instant createdAt() {
    return createdAt;
  }
}
