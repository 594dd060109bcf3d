package io.quittance.access;

import java.time.Duration;

/** Whoever does the work that requests wait for, and knows how long that takes at the moment. */
@FunctionalInterface
public interface Backlog {

  /** How long a request that came now would wait for its work to be done. */
  Duration expectedTime();
}
