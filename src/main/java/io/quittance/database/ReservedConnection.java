package io.quittance.database;

import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The connections of the pool for reads that lists and jobs cannot take: two for the look-ups of
 * payments, which are keys, merchants, rules and idempotency keys; and one for the reads of
 * changes. They are available even if all else hangs. Look-ups of one kind use one of their two at
 * a time, so another one is left to the other kinds. Jobs of one group use one of the connections
 * for jobs at a time, so another one is left to other jobs.
 */
public final class ReservedConnection {

  /** What the calling thread uses a connection for. */
  sealed interface Use {

    /** Anything without a reserved connection. */
    record Other() implements Use {}

    /** A look-up of this kind, which payments wait for. */
    record LookUp(String kind) implements Use {}

    /** A change by this party. */
    record Change(Object party) implements Use {}

    /** A job of this party's, which has none of its own. */
    record Job(Object party) implements Use {}
  }

  private static final Use OTHER = new Use.Other();
  private static final ThreadLocal<Use> USE = ThreadLocal.withInitial(() -> OTHER);

  private ReservedConnection() {}

  /**
   * The same look-up, on a reserved connection.
   *
   * @param kind a name for all look-ups that may hang together, as those that read the same tables:
   *     they leave a connection to the other kinds. None of them may need two connections at once.
   */
  public static <Q, A> Function<Q, A> of(String kind, Function<Q, A> lookUp) {
    Use use = new Use.LookUp(kind);
    return question -> as(use, () -> lookUp.apply(question));
  }

  /**
   * Runs a short query that a change waits for, on a connection that neither lists nor jobs can
   * take. It must not wait for a lock that others hold for long.
   *
   * @param party as {@link RequestParty} tells it
   */
  public static <A> A forChange(Object party, Supplier<A> query) {
    return as(new Use.Change(party), query);
  }

  /**
   * As {@link #forChange(Object, Supplier)}, for all queries of the calling thread until it closes
   * the result.
   */
  public static Reserved forChanges(Object party) {
    return new Reserved(new Use.Change(party));
  }

  /**
   * For jobs that may hang together, as those that use the same tables: until it is closed, the
   * calling thread takes its connections as one of them. One is left to other jobs, however many of
   * these hang. None of them may need two connections at once.
   *
   * @param party any name for these jobs
   */
  public static Reserved forJobs(Object party) {
    return new Reserved(new Use.Job(party));
  }

  private static <A> A as(Use use, Supplier<A> query) {
    try (var _ = new Reserved(use)) {
      return query.get();
    }
  }

  /** The use of the calling thread, until the same thread closes it. */
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
