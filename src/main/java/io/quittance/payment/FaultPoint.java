package io.quittance.payment;

/**
 * Injects faults into the calls to a dependency, inside its circuit breaker. Only the sandbox
 * implements it.
 */
public interface FaultPoint {

  /** Hangs, delays or throws, if a fault is set for the dependency; otherwise returns at once. */
  void disturb(String dependency) throws Exception;
}
