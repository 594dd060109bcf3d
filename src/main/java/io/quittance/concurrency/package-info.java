/**
 * The three patterns of all concurrent code here: {@link io.quittance.concurrency.DeadlineScope},
 * {@link io.quittance.concurrency.WorkerPool} and {@link io.quittance.concurrency.FanOut}, and
 * their metrics. Knows nothing of payments. It is large because it is a library: its classes share
 * package-private state, which smaller packages would make public.
 */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package io.quittance.concurrency;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
