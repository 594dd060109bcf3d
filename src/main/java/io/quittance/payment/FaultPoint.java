package io.quittance.payment;

import io.quittance.concurrency.DeadlineScope.Work;

/**
 * A place where the calls to a dependency can be disturbed on purpose, inside its circuit breaker.
 * Only the sandbox implements it; anywhere else calls go through untouched.
 */
public interface FaultPoint {

  /** The work as the dependency would do it today. */
  <T> Work<T> disturb(String dependency, Work<T> work);
}
