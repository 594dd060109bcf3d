package io.quittance.journal;

/** The connection broke during a commit: whether it took effect must be asked, not guessed. */
public final class CommitOutcomeUnknownException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  CommitOutcomeUnknownException(Throwable cause) {
    super("the commit's fate is unknown", cause);
  }
}
