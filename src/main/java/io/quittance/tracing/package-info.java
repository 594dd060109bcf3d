/**
 * Traces of what a payment did: spans of scopes, of the journal's batches, and of calls to other
 * services. Switched on by an endpoint that takes spans; nothing of it is there before.
 */
@ApplicationModule(allowedDependencies = "concurrency")
@NullMarked
package io.quittance.tracing;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
