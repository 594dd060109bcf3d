package io.quittance.webhook;

import jakarta.validation.constraints.Min;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Delivery of events.
 *
 * @param url the operator's own receiver of all events; none: only merchants' endpoints
 * @param allowLoopback whether endpoints may be http and on this machine, for tests only
 * @param secretKey seals signing secrets: base64 of 32 bytes
 * @param previousSecretKeys further keys whose secrets can be opened: earlier ones, and the next
 *     one during a rotation
 * @param workers deliveries in progress at once on this replica
 * @param perEndpoint deliveries in progress at once to one endpoint that answers
 * @param breakerOpen how long deliveries to a failing endpoint are paused
 * @param timeout of one attempt
 * @param lease how long other replicas leave a claimed delivery alone; longer than two attempts
 * @param retryMax the longest pause between two attempts at the operator's receiver
 * @param disableAfter how long an endpoint may fail without a success before it is disabled
 * @param retention how long deliveries that ended, and their attempts, are kept
 * @param eventRetention how long events are kept; deliveries of a deleted event end
 * @param sweepInterval how often each replica deletes older ones
 */
@ConfigurationProperties("quittance.notification")
public record WebhookProperties(
    @Nullable URI url,
    @DefaultValue("false") boolean allowLoopback,
    @Nullable String secretKey,
    @DefaultValue List<String> previousSecretKeys,
    @DefaultValue("512") @Min(1) int workers,
    @DefaultValue("32") @Min(1) int perEndpoint,
    @DefaultValue("30s") @DurationMin(millis = 10) Duration breakerOpen,
    @DefaultValue("5s") @DurationMin(millis = 100) Duration timeout,
    @DefaultValue("12s") Duration lease,
    @DefaultValue("5m") @DurationMin(seconds = 1) Duration retryMax,
    @DefaultValue("5d") @DurationMin(hours = 1) Duration disableAfter,
    @DefaultValue("30d") @DurationMin(seconds = 1) Duration retention,
    @DefaultValue("400d") @DurationMin(seconds = 1) Duration eventRetention,
    @DefaultValue("1m") @DurationMin(seconds = 1) Duration sweepInterval) {

  /** With a shorter retention, events are deleted while their deliveries are still retried. */
  public static final Duration EVENT_RETENTION_ADVISED = Duration.ofDays(4);

  private static final int KEY_BYTES = 32;

  public WebhookProperties {
    if (lease.compareTo(timeout.multipliedBy(2)) <= 0) {
      throw new IllegalArgumentException(
          "quittance.notification.lease must be longer than two times quittance.notification.timeout");
    }
  }

  /** Whether the operator's own receiver is configured. */
  public boolean delivers() {
    return url != null && !url.toString().isBlank();
  }

  public byte @Nullable [] secretKeyBytes() {
    return secretKey == null || secretKey.isBlank() ? null : decode(secretKey);
  }

  public List<byte[]> previousSecretKeyBytes() {
    return previousSecretKeys.stream()
        .filter(key -> !key.isBlank())
        .map(WebhookProperties::decode)
        .toList();
  }

  private static byte[] decode(String text) {
    try {
      byte[] key = Base64.getDecoder().decode(text.strip());
      if (key.length == KEY_BYTES) {
        return key;
      }
    } catch (IllegalArgumentException e) {
      throw badKey();
    }
    throw badKey();
  }

  /** The message does not contain the key. */
  private static IllegalArgumentException badKey() {
    return new IllegalArgumentException(
        "quittance.notification.secret-key must be base64 of 32 bytes");
  }
}
