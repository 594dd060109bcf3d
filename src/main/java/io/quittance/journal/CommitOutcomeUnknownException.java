package io.quittance.journal;

/** The connection broke during a commit: it is not known whether it took effect. */
public final class CommitOutcomeUnknownException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  CommitOutcomeUnknownException(Throwable cause) {
    super("the outcome of the commit is unknown", cause);
  }
}
