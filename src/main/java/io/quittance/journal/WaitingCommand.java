package io.quittance.journal;

import io.quittance.concurrency.Job;
import java.util.Set;

/**
 * A command that was not applied because another transaction holds a lock that it needs.
 *
 * @param accounts the accounts that are locked; empty when the lock may be any other command's of
 *     the batch, and on something else, such as an idempotency key that is being claimed elsewhere
 */
record WaitingCommand(Job<Command<?>, Object> job, Set<AccountKey> accounts) {

  static WaitingCommand forUnknownLock(Job<Command<?>, Object> job) {
    return new WaitingCommand(job, Set.of());
  }
}
