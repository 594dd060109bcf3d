package io.quittance.payment.batch.store;

/** Another replica carries the batch out by now; nothing was written. */
public final class LeaseLostException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public LeaseLostException(String batch) {
    super("the lease of %s is lost".formatted(batch));
  }
}
