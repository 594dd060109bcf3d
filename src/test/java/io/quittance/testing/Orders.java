package io.quittance.testing;

import io.quittance.concurrency.Deadline;
import io.quittance.idempotency.KeyedRequest;
import io.quittance.money.Money;
import io.quittance.payment.model.CaptureMethod;
import io.quittance.payment.model.PaymentOrder;
import io.quittance.web.TypeId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Orders of payments, as requests would make them. */
public final class Orders {

  private Orders() {}

  /** 1.00 EUR from alice to shop, under a key of its own. */
  public static PaymentOrder order(
      UUID merchantId, UUID id, @Nullable UUID batchId, Deadline deadline) {
    return new PaymentOrder(
        id,
        TypeId.next(),
        new KeyedRequest(merchantId, "test", id.toString(), ""),
        new Money(100, "EUR"),
        "alice",
        "shop",
        CaptureMethod.AUTOMATIC,
        new PaymentOrder.Texts(null, null, "{}"),
        batchId,
        600,
        deadline);
  }
}
