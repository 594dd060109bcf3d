/**
 * The one way in which money moves: commands queue up, a batch of them is one transaction, and each
 * caller learns the fate of its own. Idempotency keys live here because a key is claimed in the
 * transaction that it protects.
 */
@ApplicationModule(allowedDependencies = {"concurrency", "database", "web", "tracing"})
@NullMarked
package io.quittance.journal;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
