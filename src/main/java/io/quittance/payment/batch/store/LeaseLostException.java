package io.quittance.payment.batch.store;

/** Another replica runs the batch now; nothing was written. */
public final class LeaseLostException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public LeaseLostException(String batch) {
    super("the lease of batch %s is lost".formatted(batch));
  }
}
