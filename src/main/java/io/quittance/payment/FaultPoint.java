package io.quittance.payment;

/**
 * A place where the calls to a dependency can be disturbed on purpose, inside its circuit breaker.
 * Only the sandbox implements it; anywhere else calls go through untouched.
 */
public interface FaultPoint {

  /** Hangs, takes its time or throws, as the dependency would today; or returns at once. */
  void disturb(String dependency) throws Exception;
}
