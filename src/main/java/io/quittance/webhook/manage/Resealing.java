package io.quittance.webhook.manage;

import io.quittance.web.TypeId;
import io.quittance.webhook.WebhookConnections;
import io.quittance.webhook.endpoint.Endpoint;
import io.quittance.webhook.endpoint.Endpoints;
import io.quittance.webhook.endpoint.SecretKeys;
import io.quittance.webhook.endpoint.SecretKeys.Sealed;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Reseals secrets of earlier keys with the current one, so that earlier keys can be removed.
 * Thread-safe.
 */
@Component
class Resealing {

  private static final Logger log = LoggerFactory.getLogger(Resealing.class);
  private static final int RESEALED_AT_ONCE = 100;
  private static final UUID FIRST = new UUID(0, 0);

  private final Endpoints endpoints;
  private final SecretKeys keys;
  private final Clock clock;
  private final TransactionTemplate transactions;

  Resealing(
      Endpoints endpoints, SecretKeys keys, Clock clock, PlatformTransactionManager transactions) {
    this.endpoints = endpoints;
    this.keys = keys;
    this.clock = clock;
    this.transactions = new TransactionTemplate(transactions);
  }

  /** A row that is locked is left to the next run. */
  @Scheduled(fixedDelayString = "PT1M", initialDelayString = "PT5S")
  void reseal() {
    if (!keys.available()) {
      return;
    }
    try (var _ = WebhookConnections.forJob()) {
      List<Endpoint> old = endpoints.notSealedWith(keys.currentId(), FIRST, RESEALED_AT_ONCE);
      while (!old.isEmpty()) {
        List<Endpoint> some = old;
        transactions.executeWithoutResult(status -> resealUnlocked(some));
        old = endpoints.notSealedWith(keys.currentId(), some.getLast().getId(), RESEALED_AT_ONCE);
      }
    }
  }

  /** Reseals those whose rows are not locked, as they are now. */
  private void resealUnlocked(List<Endpoint> old) {
    Instant now = clock.instant();
    for (Endpoint found : old) {
      endpoints
          .lockUnlessLocked(found.merchantId(), found.getId())
          .ifPresent(endpoint -> reseal(endpoint, now));
    }
  }

  private void reseal(Endpoint endpoint, Instant now) {
    try {
      endpoint.reseal(now, secret -> again(endpoint, secret));
    } catch (IllegalStateException e) {
      log.error(
          "Endpoint {} cannot sign, so its deliveries fail: {}",
          TypeId.format("whe", endpoint.getId()),
          e.getMessage());
    }
  }

  private Sealed again(Endpoint endpoint, Sealed secret) {
    return secret.keyId().equals(keys.currentId())
        ? secret
        : keys.seal(endpoint.getId(), keys.open(endpoint.getId(), secret));
  }
}
