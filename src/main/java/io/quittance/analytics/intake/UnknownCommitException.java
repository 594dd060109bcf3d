package io.quittance.analytics.intake;

/** A commit was sent, and it is not known whether it was carried out. */
public final class UnknownCommitException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public UnknownCommitException(Throwable cause) {
    super("it is not known whether the events were counted", cause);
  }
}
