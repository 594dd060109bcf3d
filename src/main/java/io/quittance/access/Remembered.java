package io.quittance.access;

import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** What this replica remembers of keys, sessions and merchants. */
@Component
public final class Remembered {

  private final Authenticator authenticator;
  private final SessionAuthenticator sessions;
  private final KnownMerchants merchants;

  Remembered(Authenticator authenticator, SessionAuthenticator sessions, KnownMerchants merchants) {
    this.authenticator = authenticator;
    this.sessions = sessions;
    this.merchants = merchants;
  }

  /**
   * Forgets all of it when the caller's transaction has committed. Any earlier, the old state could
   * be looked up and remembered again.
   */
  public void forgetOnCommit() {
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            authenticator.forgetAll();
            sessions.forgetAll();
            merchants.forgetAll();
          }
        });
  }
}
