/**
 * Worker pools with bounded queues: {@link io.quittance.concurrency.pool.WorkerPool}, look-ups that
 * share queries, and places that parties share fairly.
 */
@NamedInterface("pool")
@NullMarked
package io.quittance.concurrency.pool;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
