package io.quittance.ledger;

import io.quittance.ledger.Transfer.Entry;
import java.time.Instant;
import java.util.UUID;

/**
 * Enters transfers into both of their accounts, and chains the entries to those before them.
 * Confined to one thread.
 */
final class Posting {

  private final EntryChain chain = new EntryChain();

  /** Moves the money. The transfer must be postable, and its hold be part of both accounts. */
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

  /** After a fail-over the database's clock may be behind; entry times never go back. */
  private static Instant entryTime(Transfer transfer, Account from, Account to, Instant now) {
    Instant created = transfer.createdAt();
    return to.notBeforeLastEntry(from.notBeforeLastEntry(now.isAfter(created) ? now : created));
  }

  /** Chains the entries of a posted transfer to those before them, in both accounts. */
  private void seal(Transfer transfer, Account from, Account to) {
    UUID merchantId = transfer.order().merchantId();
    transfer.seal(
        from.chain(chain.next(from.chainHead(), merchantId, transfer.fromContent())),
        to.chain(chain.next(to.chainHead(), merchantId, transfer.toContent())));
  }
}
