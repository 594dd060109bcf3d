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

  /** How long the work of a lane takes now, that of the merchant with most of it. */
  Duration longestExpectedTime(int lane);

  /** An estimate of how long a new request of this merchant would wait for its work. */
  Duration expectedTime(UUID merchantId);
}
