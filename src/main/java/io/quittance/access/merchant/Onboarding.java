package io.quittance.access.merchant;

import io.quittance.access.AccessCaches;
import io.quittance.access.Secret;
import io.quittance.access.merchant.Keyring.Issued;
import io.quittance.access.merchant.Keyring.Wish;
import io.quittance.audit.AuditEntry;
import io.quittance.audit.AuditTrail;
import io.quittance.identity.Origin;
import io.quittance.web.Problem;
import io.quittance.web.TypeId;
import java.time.Clock;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Registers merchants, and changes their terms. */
@Service
public class Onboarding {

  private final MerchantRows merchants;
  private final Keyring keyring;
  private final AccessCaches caches;
  private final AuditTrail audit;
  private final Clock clock;

  Onboarding(
      MerchantRows merchants, Keyring keyring, AccessCaches caches, AuditTrail audit, Clock clock) {
    this.merchants = merchants;
    this.keyring = keyring;
    this.caches = caches;
    this.audit = audit;
    this.clock = clock;
  }

  /** A new merchant and its first key, which has every scope. */
  @Transactional
  Issued register(Merchant merchant, Origin origin) {
    merchants.add(merchant);
    record(merchant, origin, "merchant.created", Map.of("name", merchant.name()));
    return keyring.issue(merchant.getId(), origin, Wish.all("first key"), Secret.random());
  }

  /** Makes sure that this merchant exists and that this secret is a key of it with every scope. */
  @Transactional
  public void ensure(UUID merchantId, String name, String secret) {
    if (!merchants.exists(merchantId)) {
      merchants.add(new Merchant(merchantId, name, null, clock.instant()));
    }
    keyring.ensure(merchantId, name, new Secret(secret));
  }

  /**
   * Changes a merchant.
   *
   * @throws Problem 404 there is none
   */
  @Transactional
  Merchant change(UUID id, Merchant.Change change, Origin origin) {
    Merchant merchant = find(id);
    merchant.apply(change);
    if (!change.described().isEmpty()) {
      record(merchant, origin, "merchant.changed", change.described());
      caches.forgetOnCommit(id);
    }
    return merchant;
  }

  /**
   * A key for a merchant that may have lost its last one. It may have any scope, and the limit of
   * keys does not apply.
   *
   * @throws Problem 404 there is no such merchant
   */
  @Transactional
  Issued issue(UUID merchantId, Wish wish, Origin origin) {
    return keyring.issue(find(merchantId).getId(), origin, wish, Secret.random());
  }

  private Merchant find(UUID id) {
    return merchants.lock(id).orElseThrow(() -> Problem.notFound("merchant"));
  }

  private void record(Merchant merchant, Origin origin, String action, Map<String, ?> details) {
    UUID id = merchant.getId();
    audit.record(AuditEntry.of(id, origin, action, TypeId.format("mch", id), details));
  }
}
