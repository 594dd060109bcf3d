package io.quittance.payment.batch.item;

import io.quittance.idempotency.KeyedRequest;
import io.quittance.payment.create.NewPayment;
import io.quittance.web.TypeId;
import java.util.UUID;

/**
 * A payment that is asked for as one of many.
 *
 * @param position in the batch, from 0
 * @param attempt from 0: only a crash makes another one necessary
 */
public record BatchItem(UUID merchantId, UUID batchId, int position, int attempt, NewPayment body) {

  /**
   * The key under which an attempt is begun: the first command that claims it decides what becomes
   * of the item, whatever another replica still has in its queue.
   */
  public static KeyedRequest key(UUID merchantId, UUID batchId, int position, int attempt) {
    return new KeyedRequest(
        merchantId, "item of " + TypeId.format("bat", batchId), position + "." + attempt, "item");
  }

  KeyedRequest key() {
    return key(merchantId, batchId, position, attempt);
  }
}
