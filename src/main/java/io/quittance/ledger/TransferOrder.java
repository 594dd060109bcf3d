package io.quittance.ledger;

import io.quittance.journal.AccountKey;
import io.quittance.money.Money;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An order to move money from one account to another.
 *
 * @param id the id of the new transfer
 * @param paymentId the payment that it belongs to, if any
 * @param metadataJson a JSON object of strings
 * @param reversal null: it is not a reversal
 */
public record TransferOrder(
    UUID merchantId,
    UUID id,
    String from,
    String to,
    Money money,
    @Nullable UUID paymentId,
    @Nullable String reference,
    String metadataJson,
    @Nullable Reversal reversal) {

  /** An order that reverses nothing. */
  public TransferOrder(
      UUID merchantId,
      UUID id,
      String from,
      String to,
      Money money,
      @Nullable UUID paymentId,
      @Nullable String reference,
      String metadataJson) {
    this(merchantId, id, from, to, money, paymentId, reference, metadataJson, null);
  }

  /** The ids of its two accounts. */
  public Set<String> accounts() {
    return new HashSet<>(Arrays.asList(from, to));
  }

  TransferOrder withAmount(long amount) {
    return new TransferOrder(
        merchantId,
        id,
        from,
        to,
        new Money(amount, money.currency()),
        paymentId,
        reference,
        metadataJson,
        reversal);
  }

  /** The order that moves this amount back, with the same reference. */
  public TransferOrder reversed(UUID newId, long amount, @Nullable String reason) {
    return new TransferOrder(
        merchantId,
        newId,
        to,
        from,
        new Money(amount, money.currency()),
        null,
        reference,
        "{}",
        new Reversal(id, reason));
  }

  AccountKey fromKey() {
    return new AccountKey(merchantId, from);
  }

  AccountKey toKey() {
    return new AccountKey(merchantId, to);
  }
}
