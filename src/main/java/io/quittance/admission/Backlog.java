package io.quittance.admission;

import java.time.Duration;
import java.util.UUID;

/**
 * The work that requests wait for, in lanes that do not wait for one another, and how long it takes
 * at the moment.
 */
public interface Backlog {

  /** How many lanes there are, 1 or more; always the same. */
  int lanes();

  /** The lane of a merchant's work, from 0; always the same one. */
  int laneOf(UUID merchantId);

  /** How long a request that came to a lane now would wait for its work to be done. */
  Duration expectedTime(int lane);
}
