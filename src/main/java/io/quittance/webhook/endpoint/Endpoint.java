package io.quittance.webhook.endpoint;

import io.quittance.database.AssignedId;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.webhook.endpoint.EarlierSecrets.Replaced;
import io.quittance.webhook.endpoint.SecretKeys.Sealed;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.PartitionKey;
import org.jspecify.annotations.Nullable;

/** A merchant's webhook endpoint. Its secrets are kept sealed. */
@Entity
@Table(name = "webhook_endpoints")
@DynamicUpdate // the columns of its health are written by deliveries
public class Endpoint extends AssignedId {

  /** The slots of endpoints, hexadecimal digits: a merchant has at most as many endpoints. */
  public static final String SLOTS = "0123456789abcdef";

  /** The reason of an endpoint that its merchant has disabled. */
  public static final String BY_THE_MERCHANT = "by the merchant";

  /** The reason of an endpoint whose receiver wants no more. */
  public static final String GONE = "it answered 410 Gone";

  @PartitionKey private UUID merchantId;
  private @Nullable Character slot;
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
  private @Nullable String earlierSecrets;
  private @Nullable Instant closedUntil;
  private @Nullable Instant deletedAt;
  private @Nullable Instant recoveringSince;
  private @Nullable Instant recoveringUntil;

  @SuppressWarnings("UnusedVariable") // recovery reads it
  private @Nullable UUID recoveredTo;

  private Instant createdAt;

  @SuppressWarnings("NullAway.Init") // for JPA, which fills the fields
  protected Endpoint() {}

  public Endpoint(
      UUID id, UUID merchantId, char slot, Target target, Sealed secret, Instant createdAt) {
    super(id);
    this.merchantId = merchantId;
    this.slot = slot;
    this.url = target.url();
    this.events = target.events().text();
    this.description = target.description();
    this.enabled = true;
    this.secret = secret.bytes();
    this.secretKeyId = secret.keyId();
    this.createdAt = createdAt;
  }

  /** The settings of an endpoint that its merchant chooses. */
  public record Target(String url, Subscription events, @Nullable String description) {}

  /** Changes what the merchant chooses. Failures at another URL do not count for the new one. */
  public void retarget(Target target) {
    if (!url.equals(target.url())) {
      failingSince = null;
    }
    this.url = target.url();
    this.events = target.events().text();
    this.description = target.description();
  }

  /**
   * Refuses what needs an enabled endpoint.
   *
   * @throws Problem 409 it is disabled
   */
  public void requireEnabled() {
    if (!enabled) {
      throw Problem.of(
          ProblemCode.INVALID_STATE, "The endpoint is disabled; set `enabled` to true first.");
    }
  }

  /** Enables the endpoint, and forgets its failures. */
  public void enable() {
    enabled = true;
    disabledReason = null;
    failingSince = null;
  }

  /** Ends a pause, so that the endpoint is tried at once. */
  public void resume() {
    closedUntil = null;
  }

  /**
   * Deletes the endpoint: it takes no more events, is not shown any more, and loses its slot and
   * its secrets.
   */
  public void delete(Instant now) {
    enabled = false;
    deletedAt = now;
    slot = null;
    secret = new byte[0];
    previousSecret = null;
    previousSecretKeyId = null;
    earlierSecrets = null;
    recoveringSince = null;
  }

  /** Disables the endpoint as its merchant asked; the reason of one that is disabled stays. */
  public void disable() {
    if (enabled) {
      enabled = false;
      disabledReason = BY_THE_MERCHANT;
    }
  }

  /** Signs with the new secret, and with each old one as well until its own overlap is over. */
  public void rotate(Sealed next, Instant now, Duration overlap) {
    var earlier = new ArrayList<>(EarlierSecrets.parse(earlierSecrets, now).secrets());
    Sealed previous = previousSecret(now);
    if (previous != null && previousSecretUntil != null) {
      earlier.add(new Replaced(previous, previousSecretUntil));
    }
    earlierSecrets = new EarlierSecrets(earlier).text();
    previousSecret = secret;
    previousSecretKeyId = secretKeyId;
    previousSecretUntil = now.plus(overlap);
    secret = next.bytes();
    secretKeyId = next.keyId();
  }

  /** Reseals the secrets that sign at this instant with another key. */
  public void reseal(Instant now, UnaryOperator<Sealed> again) {
    Sealed current = again.apply(new Sealed(secretKeyId, secret));
    Sealed previous = previousSecret(now);
    Sealed resealed = previous == null ? null : again.apply(previous);
    earlierSecrets = EarlierSecrets.parse(earlierSecrets, now).reseal(again).text();
    secret = current.bytes();
    secretKeyId = current.keyId();
    previousSecret = resealed == null ? null : resealed.bytes();
    previousSecretKeyId = resealed == null ? null : resealed.keyId();
  }

  /** Starts to send again the events that it has missed since then. */
  public void recover(Instant since, Instant until) {
    recoveringSince = since;
    recoveringUntil = until;
    recoveredTo = null;
  }

  /** The secrets that sign at this instant: the newest first. */
  public List<Sealed> secrets(Instant now) {
    var secrets = new ArrayList<Sealed>();
    secrets.add(new Sealed(secretKeyId, secret));
    Sealed previous = previousSecret(now);
    if (previous != null) {
      secrets.add(previous);
    }
    EarlierSecrets.parse(earlierSecrets, now).secrets().reversed().stream()
        .map(Replaced::secret)
        .forEach(secrets::add);
    return secrets;
  }

  private @Nullable Sealed previousSecret(Instant now) {
    return previousSecret != null
            && previousSecretKeyId != null
            && previousSecretUntil != null
            && previousSecretUntil.isAfter(now)
        ? new Sealed(previousSecretKeyId, previousSecret)
        : null;
  }

  public UUID merchantId() {
    return merchantId;
  }

  public @Nullable Character slot() {
    return slot;
  }

  public String url() {
    return url;
  }

  public Subscription events() {
    return new Subscription(events);
  }

  public @Nullable String description() {
    return description;
  }

  public boolean enabled() {
    return enabled;
  }

  public @Nullable String disabledReason() {
    return disabledReason;
  }

  public @Nullable Instant failingSince() {
    return failingSince;
  }

  public @Nullable Instant recoveringSince() {
    return recoveringSince;
  }

  public @Nullable Instant recoveringUntil() {
    return recoveringUntil;
  }

  public Instant createdAt() {
    return createdAt;
  }
}
