/**
 * The three patterns of all concurrent code here: {@link io.quittance.concurrency.DeadlineScope},
 * {@link io.quittance.concurrency.FanOut} and, in a room of its own, {@link
 * io.quittance.concurrency.pool.WorkerPool}; and their metrics. Knows nothing of payments. A few of
 * its methods have no caller in the service yet ({@link io.quittance.concurrency.Shield}, {@code
 * submitAll}, progress and item limits of a fan-out): they complete the patterns, and are tested as
 * the others are.
 */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package io.quittance.concurrency;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
