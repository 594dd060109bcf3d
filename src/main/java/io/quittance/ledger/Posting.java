package io.quittance.ledger;

import io.quittance.ledger.Transfer.Entry;
import java.time.Instant;
import java.util.UUID;

/**
 * Posts transfers to both of their accounts, and chains the entries to the previous ones. Confined
 * to one thread.
 */
final class Posting {

  private final EntryChain chain = new EntryChain();

  /**
   * Moves the money. The transfer must be postable, and its hold must be included in both accounts.
   */
  void post(Transfer transfer, Account from, Account to, Instant now) {
    long amount = transfer.order().money().amount();
    Instant at = entryTime(transfer, from, to, now);
    from.releaseOut(amount);
    to.releaseIn(amount);
    transfer.post(
        new Entry(from.enter(-amount, at), from.posted()),
        new Entry(to.enter(amount, at), to.posted()),
        at);
    seal(transfer, from, to);
  }

  /**
   * The time of an entry never goes back, although the database's clock may be behind after a
   * fail-over.
   */
  private static Instant entryTime(Transfer transfer, Account from, Account to, Instant now) {
    Instant created = transfer.createdAt();
    return to.notBeforeLastEntry(from.notBeforeLastEntry(now.isAfter(created) ? now : created));
  }

  /** Chains the entries of a posted transfer to the previous ones, in both accounts. */
  private void seal(Transfer transfer, Account from, Account to) {
    UUID merchantId = transfer.order().merchantId();
    transfer.seal(
        from.chain(chain.next(from.chainHead(), merchantId, transfer.fromContent())),
        to.chain(chain.next(to.chainHead(), merchantId, transfer.toContent())));
  }
}
