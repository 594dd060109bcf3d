package io.quittance.concurrency;

import java.util.List;

/**
 * A subtask failed and its siblings were canceled. The cause is the first failure; every other
 * error of the scope is suppressed in it, so that one report holds them all.
 */
public final class ScopeFailedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String subtask;

  ScopeFailedException(String scope, String subtask, Throwable first, List<Throwable> others) {
    super("scope %s: subtask %s failed: %s".formatted(scope, subtask, first.getMessage()), first);
    this.subtask = subtask;
    others.forEach(this::addSuppressed);
  }

  /** The name of the subtask that failed first. */
  public String subtask() {
    return subtask;
  }

  /** The first failure. */
  public Throwable first() {
    return java.util.Objects.requireNonNull(getCause());
  }
}
