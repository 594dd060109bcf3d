package io.quittance.journal;

import io.quittance.concurrency.pool.Job;
import java.util.Set;
import java.util.UUID;

/**
 * A command that was not applied because another transaction holds a lock that it needs, or because
 * it needs longer reads than others can wait for.
 *
 * @param accounts the accounts that are locked or need long reads; empty if the lock is on
 *     something else, such as an idempotency key that another replica is claiming, and any command
 *     of the group may need it
 * @param toRead whether it waits for a long read
 */
record WaitingCommand(Job<Command<?>, Object> job, Set<AccountKey> accounts, boolean toRead) {

  static WaitingCommand forLocks(Job<Command<?>, Object> job, Set<AccountKey> accounts) {
    return new WaitingCommand(job, accounts, false);
  }

  static WaitingCommand forUnknownLock(Job<Command<?>, Object> job) {
    return forLocks(job, Set.of());
  }

  UUID merchantId() {
    return job.item().merchantId();
  }

  static WaitingCommand toRead(Job<Command<?>, Object> job, Set<AccountKey> accounts) {
    return new WaitingCommand(job, accounts, true);
  }
}
