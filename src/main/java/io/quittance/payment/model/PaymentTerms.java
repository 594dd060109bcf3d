package io.quittance.payment.model;

import io.quittance.money.Money;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The values of a payment that never change, and the texts that its merchant may change. */
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

  /**
   * The id of its hold.
   *
   * @throws NullPointerException it was declined without one
   */
  public UUID requireHold() {
    return Objects.requireNonNull(holdId);
  }

  /** The ids of its two accounts. */
  public Set<String> accounts() {
    return new HashSet<>(Arrays.asList(payer, payee));
  }
}
