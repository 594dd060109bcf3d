package io.quittance.payment.model;

import io.quittance.money.Money;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a payment is about: values that never change, but for what its merchant notes for its own
 * use.
 */
public record PaymentTerms(
    UUID merchantId,
    UUID id,
    Money money,
    String payer,
    String payee,
    CaptureMethod captureMethod,
    PaymentOrder.Texts texts,
    @Nullable UUID batchId,
    @Nullable UUID holdId,
    int holdSeconds,
    int grantedMs,
    Instant createdAt,
    Instant resolvesBy) {

  PaymentTerms with(PaymentOrder.Texts changed) {
    return new PaymentTerms(
        merchantId,
        id,
        money,
        payer,
        payee,
        captureMethod,
        changed,
        batchId,
        holdId,
        holdSeconds,
        grantedMs,
        createdAt,
        resolvesBy);
  }

  /** Both of its accounts. */
  public Set<String> accounts() {
    return new HashSet<>(Arrays.asList(payer, payee));
  }
}
