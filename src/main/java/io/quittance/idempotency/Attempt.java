package io.quittance.idempotency;

import java.time.Duration;

/** What came of running or replaying a request. */
sealed interface Attempt<A> {

  record Answered<A>(A answer) implements Attempt<A> {}

  /** The first request of the key still runs; a negative time is over. */
  record StillRunning<A>(Duration left) implements Attempt<A> {}
}
