package io.quittance.analytics.payment;

import java.io.Serial;

/** A stored delta cannot be read: a later version wrote it, or something else did. */
final class UnreadableDeltaException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1;

  UnreadableDeltaException(RuntimeException cause) {
    super("a payment delta cannot be read: " + cause, cause);
  }
}
