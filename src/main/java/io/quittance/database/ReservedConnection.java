package io.quittance.database;

import java.util.function.Function;

/**
 * The connection of the pool for reads that only look-ups get which payments wait for: of keys,
 * merchants, rules and idempotency keys. Whatever else hangs, they find it.
 */
public final class ReservedConnection {

  private static final ThreadLocal<Boolean> ALLOWED = ThreadLocal.withInitial(() -> false);

  private ReservedConnection() {}

  /** The same look-up, on a connection of which there is always one. */
  public static <Q, A> Function<Q, A> of(Function<Q, A> lookUp) {
    return question -> {
      ALLOWED.set(true);
      try {
        return lookUp.apply(question);
      } finally {
        ALLOWED.remove();
      }
    };
  }

  /** Whether the calling thread is at such a look-up. */
  static boolean isAllowed() {
    return ALLOWED.get();
  }
}
