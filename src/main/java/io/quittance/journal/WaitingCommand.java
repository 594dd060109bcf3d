package io.quittance.journal;

import io.quittance.concurrency.Job;
import java.util.Set;

/**
 * A command that was not applied because another transaction holds a lock that it needs, or because
 * more has to be read for it than others can wait for.
 *
 * @param accounts the accounts that are locked, or about which is to be read; empty when the lock
 *     may be any other command's of the batch, and on something else, such as an idempotency key
 *     that is being claimed elsewhere
 * @param toRead whether it waits for what is to be read
 */
record WaitingCommand(Job<Command<?>, Object> job, Set<AccountKey> accounts, boolean toRead) {

  static WaitingCommand forLocks(Job<Command<?>, Object> job, Set<AccountKey> accounts) {
    return new WaitingCommand(job, accounts, false);
  }

  static WaitingCommand forUnknownLock(Job<Command<?>, Object> job) {
    return forLocks(job, Set.of());
  }

  static WaitingCommand toRead(Job<Command<?>, Object> job, Set<AccountKey> accounts) {
    return new WaitingCommand(job, accounts, true);
  }
}
