/**
 * Fraud screening: a merchant's rules, or a remote service, and what to do when neither answers.
 */
@ApplicationModule(allowedDependencies = {"money", "concurrency", "access", "web", "tracing"})
@NullMarked
package io.quittance.fraud;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
