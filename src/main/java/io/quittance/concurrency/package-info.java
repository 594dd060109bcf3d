/**
 * The three patterns that everything concurrent here is built from: {@link
 * io.quittance.concurrency.DeadlineScope}, {@link io.quittance.concurrency.WorkerPool} and {@link
 * io.quittance.concurrency.FanOut}, their metrics, and nothing of the payment business.
 */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package io.quittance.concurrency;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
