package io.quittance.payment.event;

import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentStatus;
import io.quittance.payment.model.PaymentTerms;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The change of a payment in one transaction: it is new, its status changed, or part of its money
 * moved.
 *
 * @param amount the amount of the order, in minor units
 * @param before its status before; null: it is new
 * @param after its status afterwards
 * @param code why it was declined or has failed; null otherwise
 * @param fraudReasons why screening declined it or sent it to review; may be empty
 * @param usedMs how much of its deadline was used when it was decided, in milliseconds
 * @param events how many events were stored for the change
 */
public record PaymentTransition(
    UUID merchantId,
    Instant createdAt,
    String currency,
    String payer,
    String payee,
    long amount,
    @Nullable String before,
    String after,
    @Nullable String code,
    List<String> fraudReasons,
    int usedMs,
    int events) {

  private static final String OPEN = PaymentStatus.PROCESSING.text();

  static PaymentTransition of(Payment payment) {
    PaymentTerms terms = payment.terms();
    PaymentStatus before = payment.storedStatus();
    return new PaymentTransition(
        terms.merchantId(),
        terms.createdAt(),
        terms.money().currency(),
        terms.payer(),
        terms.payee(),
        terms.money().amount(),
        before == null ? null : before.text(),
        payment.status().text(),
        payment.failure() == null ? null : payment.failure().code(),
        payment.verdict() == null ? List.of() : payment.verdict().reasons(),
        payment.usedMs(),
        payment.newEvents());
  }

  /** Whether its status changed, or is its first. */
  public boolean moves() {
    return !after.equals(before);
  }

  /** Whether its processing ended here, which happens once for each payment. */
  public boolean concludes() {
    return (before == null || before.equals(OPEN)) && !after.equals(OPEN);
  }
}
