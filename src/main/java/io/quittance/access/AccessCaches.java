package io.quittance.access;

import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** What this replica remembers of keys, sessions and merchants. */
@Component
public final class AccessCaches {

  private final Authenticator authenticator;
  private final SessionAuthenticator sessions;
  private final KnownMerchants merchants;

  AccessCaches(
      Authenticator authenticator, SessionAuthenticator sessions, KnownMerchants merchants) {
    this.authenticator = authenticator;
    this.sessions = sessions;
    this.merchants = merchants;
  }

  /**
   * Forgets what is a merchant's when the caller's transaction has committed. Any earlier, the old
   * state could be looked up and remembered again. What is others' stays: a merchant may change its
   * keys and sessions as often as it likes.
   */
  public void forgetOnCommit(UUID merchantId) {
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            authenticator.forget(merchantId);
            sessions.forget(merchantId);
            merchants.forget(merchantId);
          }
        });
  }
}
