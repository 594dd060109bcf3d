package io.quittance.database;

import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The connections of the pool for reads that are kept clear of lists and jobs: one for what
 * payments look up, which is keys, merchants, rules and idempotency keys; and one for what changes
 * are about. Whatever else hangs, they find it.
 */
public final class ReservedConnection {

  /** What the calling thread is about. */
  sealed interface Use {

    /** Nothing that has a connection of its own. */
    record Other() implements Use {}

    /** A look-up that payments wait for. */
    record LookUp() implements Use {}

    /** A change of this party's. */
    record Change(Object party) implements Use {}
  }

  private static final Use OTHER = new Use.Other();
  private static final Use LOOK_UP = new Use.LookUp();
  private static final ThreadLocal<Use> USE = ThreadLocal.withInitial(() -> OTHER);

  private ReservedConnection() {}

  /** The same look-up, on a connection of which there is always one. */
  public static <Q, A> Function<Q, A> of(Function<Q, A> lookUp) {
    return question -> as(LOOK_UP, () -> lookUp.apply(question));
  }

  /**
   * What a short query finds that a change waits for, on a connection that neither lists nor jobs
   * take. It must not wait for a lock that others hold for long.
   *
   * @param party as {@link RequestParty} tells it
   */
  public static <A> A forChange(Object party, Supplier<A> query) {
    return as(new Use.Change(party), query);
  }

  /**
   * As {@link #forChange(Object, Supplier)}, for all that the calling thread asks until it closes
   * what it gets.
   */
  public static Reserved forChanges(Object party) {
    return new Reserved(new Use.Change(party));
  }

  private static <A> A as(Use use, Supplier<A> query) {
    try (var _ = new Reserved(use)) {
      return query.get();
    }
  }

  /** What the calling thread is about, until it is closed by the same thread. */
  public static final class Reserved implements AutoCloseable {

    private final Use before = USE.get();

    private Reserved(Use use) {
      USE.set(use);
    }

    @Override
    public void close() {
      if (before.equals(OTHER)) {
        USE.remove();
      } else {
        USE.set(before);
      }
    }
  }

  static Use use() {
    return USE.get();
  }
}
