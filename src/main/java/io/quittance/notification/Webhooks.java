package io.quittance.notification;

import io.quittance.notification.Endpoint.Target;
import io.quittance.notification.SecretKeys.Sealed;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.TypeId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.data.domain.Limit;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What merchants do to their webhook endpoints. Thread-safe. */
@Service
class Webhooks {

  /** An endpoint together with its secret, which is shown this once. */
  record Issued(Endpoint endpoint, SigningSecret secret) {}

  private static final Logger log = LoggerFactory.getLogger(Webhooks.class);
  private static final int RESEALED_AT_ONCE = 100;

  private final Endpoints endpoints;
  private final SecretKeys keys;
  private final Lanes lanes;
  private final Clock clock;

  Webhooks(Endpoints endpoints, SecretKeys keys, Lanes lanes, Clock clock) {
    this.endpoints = endpoints;
    this.keys = keys;
    this.lanes = lanes;
    this.clock = clock;
  }

  Issued create(UUID merchantId, Target target) {
    UUID id = TypeId.next();
    SigningSecret secret = SigningSecret.random();
    Sealed sealed = keys.seal(id, secret);
    char slot = freeSlot(merchantId);
    try {
      var endpoint = new Endpoint(id, merchantId, slot, target, sealed, clock.instant());
      return new Issued(endpoints.saveAndFlush(endpoint), secret);
    } catch (DataIntegrityViolationException e) {
      throw Problem.of(
          ProblemCode.INVALID_STATE, "Another endpoint was created at the same time; try again.");
    }
  }

  private char freeSlot(UUID merchantId) {
    String used =
        endpoints.findByMerchantId(merchantId).stream()
            .map(endpoint -> String.valueOf(endpoint.slot()))
            .collect(Collectors.joining());
    return (char)
        Endpoint.SLOTS
            .chars()
            .filter(slot -> used.indexOf(slot) < 0)
            .findFirst()
            .orElseThrow(
                () ->
                    Problem.of(
                        ProblemCode.INVALID_STATE,
                        "A merchant has at most %d endpoints.".formatted(Endpoint.SLOTS.length())));
  }

  /**
   * Changes an endpoint.
   *
   * @param change what becomes of its target
   * @param enabled null: as it is
   */
  @Transactional
  Endpoint change(
      UUID merchantId, UUID id, UnaryOperator<Target> change, @Nullable Boolean enabled) {
    Endpoint endpoint = lock(merchantId, id);
    endpoint.retarget(
        change.apply(new Target(endpoint.url(), endpoint.events(), endpoint.description())));
    if (Boolean.TRUE.equals(enabled)) {
      endpoint.enable();
    } else if (Boolean.FALSE.equals(enabled)) {
      endpoint.disable("by the merchant");
    }
    lanes.forget(id);
    return endpoint;
  }

  @Transactional
  Issued rotate(UUID merchantId, UUID id, Duration overlap) {
    Endpoint endpoint = lock(merchantId, id);
    SigningSecret next = SigningSecret.random();
    endpoint.rotate(keys.seal(id, next), clock.instant(), overlap);
    return new Issued(endpoint, next);
  }

  @Transactional
  Endpoint recover(UUID merchantId, UUID id, Instant since) {
    Endpoint endpoint = lock(merchantId, id);
    if (!endpoint.enabled()) {
      throw Problem.of(ProblemCode.INVALID_STATE, "The endpoint is disabled; enable it first.");
    }
    endpoint.recover(since, clock.instant());
    lanes.forget(id);
    return endpoint;
  }

  @Transactional
  void delete(UUID merchantId, UUID id) {
    endpoints.delete(lock(merchantId, id));
  }

  private Endpoint lock(UUID merchantId, UUID id) {
    return endpoints.lock(merchantId, id).orElseThrow(() -> Problem.of(ProblemCode.NOT_FOUND));
  }

  /** Seals with the current key what an earlier one sealed, so that it can be given up. */
  @Scheduled(fixedDelayString = "PT1M", initialDelayString = "PT5S")
  @Transactional
  void reseal() {
    if (!keys.available()) {
      return;
    }
    Instant now = clock.instant();
    List<Endpoint> old = endpoints.notSealedWith(keys.currentId(), Limit.of(RESEALED_AT_ONCE));
    for (Endpoint endpoint : old) {
      try {
        Sealed previous = endpoint.previousSecret(now);
        endpoint.reseal(
            again(endpoint, endpoint.secrets(now).getFirst()),
            previous == null ? null : again(endpoint, previous));
      } catch (IllegalStateException e) {
        log.error("Endpoint {} cannot sign: {}", endpoint.getId(), e.getMessage());
      }
    }
  }

  private Sealed again(Endpoint endpoint, Sealed sealed) {
    return keys.seal(endpoint.getId(), keys.open(endpoint.getId(), sealed));
  }
}
