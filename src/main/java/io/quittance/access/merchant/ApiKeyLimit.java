package io.quittance.access.merchant;

import io.quittance.access.AccessProperties;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import java.time.Clock;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Limits how many active keys a merchant may have. */
@Component
final class ApiKeyLimit {

  private final MerchantRows merchants;
  private final ApiKeys keys;
  private final int most;
  private final Clock clock;

  ApiKeyLimit(MerchantRows merchants, ApiKeys keys, AccessProperties properties, Clock clock) {
    this.merchants = merchants;
    this.keys = keys;
    this.most = properties.access().keysPerMerchant();
    this.clock = clock;
  }

  /**
   * Makes sure that there may be one more. A row of the merchant stays locked until the transaction
   * ends, so of two concurrent requests the second counts the key of the first.
   *
   * @throws Problem 409 the limit is reached
   */
  void check(UUID merchantId) {
    merchants.lockOwn(merchantId);
    if (keys.countUsable(merchantId, clock.instant()) >= most) {
      throw Problem.of(
          ProblemCode.INVALID_STATE,
          "A merchant has at most %d active API keys. Revoke one, or rotate one without overlap."
              .formatted(most));
    }
  }
}
