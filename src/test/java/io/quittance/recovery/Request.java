package io.quittance.recovery;

import java.util.Map;

/**
 * A request as it is sent, again and again, until it has a definite answer.
 *
 * @param paymentId the payment that it is about; empty if it makes something new
 * @param amount in minor units; 0: none was named
 * @param last for a capture, whether it gives back what it leaves; for a review, whether it
 *     approves; for a payment, whether it is captured at once
 */
record Request(
    Operation operation,
    String key,
    String paymentId,
    long amount,
    boolean last,
    int deadlineMs,
    String body) {

  String path() {
    return operation.path(paymentId);
  }

  Map<String, String> headers() {
    return Map.of("Idempotency-Key", key, "Payment-Deadline-Ms", Integer.toString(deadlineMs));
  }
}
