package io.quittance.webhook.manage;

import io.quittance.audit.AuditTrail;
import io.quittance.database.Clocks;
import io.quittance.identity.Caller;
import io.quittance.web.InputError.Code;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.TypeId;
import io.quittance.webhook.WebhookProperties;
import io.quittance.webhook.dispatch.ReceiverLanes;
import io.quittance.webhook.dispatch.Subscribers;
import io.quittance.webhook.endpoint.Endpoint;
import io.quittance.webhook.endpoint.Endpoint.Target;
import io.quittance.webhook.endpoint.Endpoints;
import io.quittance.webhook.endpoint.SecretKeys;
import io.quittance.webhook.endpoint.SecretKeys.Sealed;
import io.quittance.webhook.endpoint.SigningSecret;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What merchants do to their webhook endpoints. Thread-safe. */
@Service
class Webhooks {

  /** An endpoint together with its secret, which is shown this once. */
  record Issued(Endpoint endpoint, SigningSecret secret) {}

  /** Each secret signs each delivery. */
  private static final int SECRETS_MAX = 10;

  /** How long the instant that an error names can be used. */
  private static final Duration NAMED_FOR = Duration.ofMinutes(5);

  private final Endpoints endpoints;
  private final EndpointSlots slots;
  private final SecretKeys keys;
  private final ReceiverLanes lanes;
  private final Subscribers subscribers;
  private final AuditTrail audit;
  private final Clock clock;
  private final Clocks clocks;
  private final Duration retention;
  private final TransactionTemplate transactions;

  Webhooks(
      Endpoints endpoints,
      EndpointSlots slots,
      SecretKeys keys,
      ReceiverLanes lanes,
      Subscribers subscribers,
      AuditTrail audit,
      Clock clock,
      Clocks clocks,
      WebhookProperties properties,
      PlatformTransactionManager transactions) {
    this.endpoints = endpoints;
    this.slots = slots;
    this.keys = keys;
    this.lanes = lanes;
    this.subscribers = subscribers;
    this.transactions = new TransactionTemplate(transactions);
    this.audit = audit;
    this.clock = clock;
    this.clocks = clocks;
    this.retention = properties.retention();
  }

  /**
   * Adds an endpoint. If another request takes the same slot at the same time, the next slot is
   * used.
   */
  Issued create(Caller caller, Target target) {
    DataIntegrityViolationException clash = null;
    for (int tries = 0; tries < Endpoint.SLOTS.length(); tries++) {
      try {
        return Objects.requireNonNull(
            transactions.execute(status -> createInFreeSlot(caller, target)));
      } catch (DataIntegrityViolationException e) {
        clash = e;
      }
    }
    throw Objects.requireNonNull(clash);
  }

  private Issued createInFreeSlot(Caller caller, Target target) {
    UUID merchantId = caller.merchantId();
    slots.requireRoomBesideDeleted(merchantId);
    UUID id = TypeId.next();
    SigningSecret secret = SigningSecret.random();
    Sealed sealed = keys.seal(id, secret);
    char slot = slots.free(merchantId);
    var endpoint = new Endpoint(id, merchantId, slot, target, sealed, clock.instant());
    var issued = new Issued(endpoints.saveAndFlush(endpoint), secret);
    audited(caller, "created", id, described(target));
    forgetOnCommit(merchantId, id);
    return issued;
  }

  /**
   * Changes an endpoint.
   *
   * @param change the new settings, from the old ones
   * @param enabled null: as it is
   */
  @Transactional
  Endpoint change(Caller caller, UUID id, UnaryOperator<Target> change, @Nullable Boolean enabled) {
    Endpoint endpoint = lock(caller.merchantId(), id);
    Target target =
        change.apply(new Target(endpoint.url(), endpoint.events(), endpoint.description()));
    endpoint.retarget(target);
    if (Boolean.TRUE.equals(enabled)) {
      endpoint.enable();
    } else if (Boolean.FALSE.equals(enabled)) {
      endpoint.disable();
    }
    endpoint.resume();
    Map<String, Object> details = described(target);
    details.put("enabled", endpoint.enabled());
    audited(caller, "changed", id, details);
    forgetOnCommit(caller.merchantId(), id);
    return endpoint;
  }

  @Transactional
  Issued rotate(Caller caller, UUID id, Duration overlap) {
    Endpoint endpoint = lock(caller.merchantId(), id);
    Instant now = clock.instant();
    if (overlap.isPositive() && endpoint.secrets(now).size() >= SECRETS_MAX) {
      throw Problem.of(
          ProblemCode.INVALID_STATE,
          "The endpoint signs with %d secrets already; wait until an overlap has ended, or rotate with overlap_seconds 0."
              .formatted(SECRETS_MAX));
    }
    SigningSecret next = SigningSecret.random();
    endpoint.rotate(keys.seal(id, next), now, overlap);
    audited(caller, "secret_rotated", id, Map.of("overlap_seconds", overlap.toSeconds()));
    return new Issued(endpoint, next);
  }

  @Transactional
  Endpoint recover(Caller caller, UUID id, Instant since) {
    Endpoint endpoint = lock(caller.merchantId(), id);
    endpoint.requireEnabled();
    requireKept(endpoint, since);
    endpoint.recover(since, clock.instant());
    endpoint.resume();
    audited(caller, "recovery_started", id, Map.of("since", since));
    forgetOnCommit(caller.merchantId(), id);
    return endpoint;
  }

  /** Nothing is deleted yet of an endpoint that is younger than the retention. */
  private void requireKept(Endpoint endpoint, Instant since) {
    Instant kept = clock.instant().minus(retention);
    if (since.isBefore(kept) && endpoint.createdAt().isBefore(kept)) {
      // Rounded up, so that it still is allowed when the caller uses it.
      Instant earliest = kept.truncatedTo(ChronoUnit.MINUTES).plus(NAMED_FOR);
      throw Problem.invalid(
          "since",
          Code.OUT_OF_RANGE,
          "must be %s or later: older deliveries have been deleted".formatted(earliest));
    }
  }

  @Transactional
  void delete(Caller caller, UUID id) {
    Endpoint endpoint = lock(caller.merchantId(), id);
    endpoint.delete(clocks.later());
    audited(caller, "deleted", id, Map.of("url", endpoint.url()));
    forgetOnCommit(caller.merchantId(), id);
  }

  /** Only after the commit, because a cache may read the endpoint again before it. */
  private void forgetOnCommit(UUID merchantId, UUID id) {
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            lanes.forget(id);
            subscribers.forget(merchantId);
          }
        });
  }

  private void audited(Caller caller, String what, UUID id, Map<String, Object> details) {
    audit.record(caller, "webhook_endpoint." + what, TypeId.format("whe", id), details);
  }

  private static Map<String, Object> described(Target target) {
    var details = new LinkedHashMap<String, Object>();
    details.put("url", target.url());
    details.put("events", target.events().types());
    return details;
  }

  private Endpoint lock(UUID merchantId, UUID id) {
    return endpoints.lock(merchantId, id).orElseThrow(() -> Problem.notFound("webhook endpoint"));
  }
}
