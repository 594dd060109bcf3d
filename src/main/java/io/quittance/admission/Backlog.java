package io.quittance.admission;

import java.time.Duration;
import java.util.UUID;

/**
 * The work that requests wait for, in lanes that do not wait for each other, and how long it takes
 * now.
 */
public interface Backlog {

  /** The number of lanes, 1 or more; constant. */
  int lanes();

  /** The number of a merchant's lane, from 0; constant. */
  int laneOf(UUID merchantId);

  /** An estimate of how long a new request would wait for its work in a lane. */
  Duration expectedTime(int lane);
}
