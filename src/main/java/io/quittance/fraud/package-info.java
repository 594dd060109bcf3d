/**
 * Fraud screening: a merchant's rules, or a remote service, and what to do when neither answers.
 */
@ApplicationModule(
    allowedDependencies = {
      "audit",
      "concurrency",
      "concurrency::pool",
      "database",
      "identity",
      "money",
      "tracing",
      "web"
    })
@NullMarked
package io.quittance.fraud;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
