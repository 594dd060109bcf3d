package io.quittance.access;

import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.TypeId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
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
  private final Clock clock;

  Onboarding(Merchants merchants, ApiKeys keys, Authenticator authenticator, Clock clock) {
    this.merchants = merchants;
    this.keys = keys;
    this.authenticator = authenticator;
    this.clock = clock;
  }

  /** A new merchant and its first key, which has every scope. */
  @Transactional
  Issued register(Merchant merchant) {
    merchants.save(merchant);
    return issue(merchant.getId(), "first key", EnumSet.allOf(Scope.class), null);
  }

  /** Makes sure that this merchant exists and that this secret is a key of it with every scope. */
  @Transactional
  public void ensure(UUID merchantId, String name, String secret) {
    Instant now = clock.instant();
    if (!merchants.existsById(merchantId)) {
      merchants.save(new Merchant(merchantId, name, null, now));
    }
    var known = new Secret(secret);
    if (!keys.existsBySecretHash(known.hash())) {
      var all = EnumSet.allOf(Scope.class);
      keys.save(new ApiKey(TypeId.next(), merchantId, name, known, all, now, null));
    }
  }

  @Transactional
  Issued issue(UUID merchantId, String name, Set<Scope> scopes, @Nullable Instant expiresAt) {
    Secret secret = Secret.random();
    var key =
        new ApiKey(TypeId.next(), merchantId, name, secret, scopes, clock.instant(), expiresAt);
    return new Issued(keys.save(key), secret);
  }

  @Transactional
  Issued rotate(UUID merchantId, UUID id, Duration overlap) {
    ApiKey old = find(merchantId, id);
    Secret secret = Secret.random();
    ApiKey successor = keys.save(old.rotate(TypeId.next(), secret, overlap, clock.instant()));
    forgetOnCommit();
    return new Issued(successor, secret);
  }

  @Transactional
  void revoke(UUID merchantId, UUID id) {
    find(merchantId, id).revoke(clock.instant());
    forgetOnCommit();
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
