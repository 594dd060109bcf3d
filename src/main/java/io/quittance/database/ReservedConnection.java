package io.quittance.database;

import java.util.function.Function;

/**
 * The connection of the pool for reads that only look-ups get which payments wait for: of keys,
 * merchants, rules and idempotency keys, and of what a request changes. Whatever else hangs, they
 * find it.
 */
public final class ReservedConnection {

  private enum Use {
    NONE,
    BRIEF,
    FULL
  }

  private static final ThreadLocal<Use> USE = ThreadLocal.withInitial(() -> Use.NONE);

  private ReservedConnection() {}

  /** The same look-up, on a connection of which there is always one. */
  public static <Q, A> Function<Q, A> of(Function<Q, A> lookUp) {
    return as(Use.FULL, lookUp);
  }

  /**
   * As {@link #of}, for look-ups of single rows in tables that others read and lock, too: on
   * PostgreSQL a statement that takes more than a second is canceled. What hangs there leaves the
   * connection to other look-ups in between.
   */
  public static <Q, A> Function<Q, A> briefly(Function<Q, A> lookUp) {
    return as(Use.BRIEF, lookUp);
  }

  private static <Q, A> Function<Q, A> as(Use use, Function<Q, A> lookUp) {
    return question -> {
      USE.set(use);
      try {
        return lookUp.apply(question);
      } finally {
        USE.remove();
      }
    };
  }

  /** Whether the calling thread is at such a look-up. */
  static boolean isAllowed() {
    return USE.get() != Use.NONE;
  }

  /** Whether that look-up must not take long. */
  static boolean isBrief() {
    return USE.get() == Use.BRIEF;
  }
}
