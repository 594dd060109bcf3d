/**
 * The only way in which money moves: commands queue up, a group of them is applied in one
 * transaction, and each caller gets its own result. It is large because most of its classes are the
 * steps of one flow (lane, bisection, retries, transaction) and share package-private state.
 */
@ApplicationModule(
    allowedDependencies = {"concurrency", "concurrency::pool", "database", "tracing"})
@NullMarked
package io.quittance.journal;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
