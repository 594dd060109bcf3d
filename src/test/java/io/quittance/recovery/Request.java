package io.quittance.recovery;

import java.util.HashMap;
import java.util.Map;

/**
 * A request as it is sent, again and again, until it has a definite answer.
 *
 * @param paymentId the payment that it is about; empty if it makes something new
 * @param amount in minor units; 0: none was named
 * @param last for a capture, whether it gives back what it leaves; for a review, whether it
 *     approves; for a payment, whether it is captured at once
 * @param waitSeconds how long it would rather join the same request than be told that it runs; 0:
 *     not at all
 */
record Request(
    Operation operation,
    String key,
    String paymentId,
    long amount,
    boolean last,
    int deadlineMs,
    int waitSeconds,
    String body) {

  /** The same request once more, to be sent at the same time. */
  Request twin(int willWaitSeconds) {
    return new Request(operation, key, paymentId, amount, last, deadlineMs, willWaitSeconds, body);
  }

  boolean isTwin() {
    return waitSeconds > 0;
  }

  String path() {
    return operation.path(paymentId);
  }

  Map<String, String> headers() {
    Map<String, String> headers = new HashMap<>();
    headers.put("Idempotency-Key", key);
    headers.put("Payment-Deadline-Ms", Integer.toString(deadlineMs));
    if (waitSeconds > 0) {
      headers.put("Prefer", "wait=" + waitSeconds);
    }
    return headers;
  }
}
