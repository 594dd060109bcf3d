package io.quittance.analytics.payment;

import io.quittance.database.SqlFailure;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Takes the deltas of a merchant, oldest first, many in a transaction. A delta that cannot be read,
 * or fails, is skipped and left, so that it does not delay later ones: after a failure fewer are
 * taken at once, until the failing one is alone. If many fail, the pass ends early, because other
 * merchants wait. Used once, on one thread.
 */
final class DeltaPass {

  /** Limits a transaction, so that it stays short. */
  static final int DELTAS_MAX = 2_000;

  static final int FAILURES_MAX = 10;

  /** Before the oldest delta. */
  static final UUID FIRST = new UUID(0, 0);

  /** How deltas are taken. */
  interface Source {

    /**
     * Takes the next deltas after one of them, in a transaction.
     *
     * @throws RuntimeException none was taken
     */
    Slice take(UUID after, int limit);

    /** The next delta after one; null: there is none. */
    @Nullable UUID next(UUID after);
  }

  /**
   * The result of one transaction.
   *
   * @param last the last delta that it has read, to continue after; null: there are no more
   * @param unreadable why one of them was skipped; null: all were taken
   */
  record Slice(@Nullable UUID last, @Nullable RuntimeException unreadable) {

    static final Slice NONE = new Slice(null, null);
  }

  private final Source source;
  private @Nullable UUID place;
  private int limit = DELTAS_MAX;
  private int failures;
  private @Nullable RuntimeException failure;

  /**
   * @param place the delta after which to start
   */
  DeltaPass(Source source, UUID place) {
    this.source = source;
    this.place = place;
  }

  /** Where the next pass should start, so that it gets past deltas that fail again. */
  UUID place() {
    return place == null ? FIRST : place;
  }

  /**
   * Takes all deltas that it can, until the tenth failure.
   *
   * @throws RuntimeException the pass ended early, for this reason: the database is unavailable, or
   *     much failed, and this first
   */
  void run() {
    while (place != null && failures < FAILURES_MAX) {
      take(place);
    }
    if (place != null && failure != null) {
      throw failure;
    }
  }

  /** Why the first skipped delta could not be taken; null: all were taken. */
  @Nullable RuntimeException left() {
    return failure;
  }

  private void take(UUID after) {
    try {
      Slice slice = source.take(after, limit);
      place = slice.last();
      limit = Math.min(2 * limit, DELTAS_MAX);
      if (slice.unreadable() != null) {
        note(slice.unreadable());
      }
    } catch (RuntimeException e) {
      if (SqlFailure.unavailable(e)) {
        throw e;
      }
      if (limit > 1) {
        limit /= 2;
      } else {
        place = source.next(after);
        note(e);
      }
    }
  }

  private void note(RuntimeException e) {
    failures++;
    failure = failure == null ? e : failure;
  }
}
