package io.quittance.access;

import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** The caches of this replica for keys, sessions and merchants. */
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
   * Removes a merchant's entries when the caller's transaction has committed. Earlier, the old
   * state could be read and cached again. Entries of other merchants stay, so a merchant that
   * changes its keys often does not slow down others.
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
