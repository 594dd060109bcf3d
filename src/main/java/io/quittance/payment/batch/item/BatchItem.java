package io.quittance.payment.batch.item;

import io.quittance.idempotency.KeyedRequest;
import io.quittance.payment.create.NewPayment;
import io.quittance.web.TypeId;
import java.util.UUID;

/**
 * A requested payment that is an item of a batch.
 *
 * @param position in the batch, from 0
 * @param attempt from 0; another attempt is needed only after a crash
 */
public record BatchItem(UUID merchantId, UUID batchId, int position, int attempt, NewPayment body) {

  /**
   * The idempotency key of an attempt. The first command that claims it decides the item, whatever
   * another replica still has queued.
   */
  public static KeyedRequest key(UUID merchantId, UUID batchId, int position, int attempt) {
    return new KeyedRequest(
        merchantId, "item of " + TypeId.format("bat", batchId), position + "." + attempt, "item");
  }

  KeyedRequest key() {
    return key(merchantId, batchId, position, attempt);
  }
}
