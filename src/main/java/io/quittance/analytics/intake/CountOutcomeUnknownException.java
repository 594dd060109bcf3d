package io.quittance.analytics.intake;

/** The outcome of a commit is unknown. */
public final class CountOutcomeUnknownException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public CountOutcomeUnknownException(Throwable cause) {
    super("it is not known whether the events were counted", cause);
  }
}
