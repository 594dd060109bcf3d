package io.quittance.payment.batch;

/** Somebody else carries the batch out by now; nothing was written. */
final class LeaseLostException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  LeaseLostException(String batch) {
    super("the lease of %s is lost".formatted(batch));
  }
}
