package io.quittance.web;

import org.jspecify.annotations.Nullable;

/**
 * Refuses requests before any other work, so that overload costs little processor time. Called for
 * every request, on its thread, so it must be fast.
 */
@FunctionalInterface
public interface EarlyRefusal {

  /**
   * The problem of a request that is refused; null: it is admitted here, but may be refused later.
   */
  @Nullable Problem refusal(RequestHead head);
}
