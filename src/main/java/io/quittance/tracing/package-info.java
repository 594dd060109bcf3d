/**
 * Traces of what a payment did: spans of scopes, of the journal's transactions, and of calls to
 * other services. Without an endpoint for spans, none of it exists.
 */
@ApplicationModule(allowedDependencies = "concurrency")
@NullMarked
package io.quittance.tracing;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
