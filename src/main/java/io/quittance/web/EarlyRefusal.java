package io.quittance.web;

import org.jspecify.annotations.Nullable;

/**
 * Refuses requests before anything is done for them, so that overload costs little processor time.
 * Called for every request, on its thread: it must be quick.
 */
@FunctionalInterface
public interface EarlyRefusal {

  /** Why the request is not let in; null: it may come in, and may still be refused there. */
  @Nullable Problem refusal(RequestHead head);
}
