/**
 * The one way in which money moves: commands queue up, a batch of them is one transaction, and each
 * caller learns the fate of its own.
 */
@ApplicationModule(allowedDependencies = {"concurrency", "database", "tracing"})
@NullMarked
package io.quittance.journal;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
