package io.quittance.concurrency;

/** Work was not done when its deadline passed. */
public class DeadlineExceededException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public DeadlineExceededException(String message) {
    super(message);
  }
}
