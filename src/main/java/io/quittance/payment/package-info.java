/**
 * Payments: what other modules see of them, and their settings. Their routes, their life, and the
 * scope in which each is carried out are in the packages below.
 */
@ApplicationModule(
    allowedDependencies = {
      "admission",
      "audit",
      "concurrency",
      "database",
      "fraud",
      "idempotency",
      "identity",
      "journal",
      "ledger",
      "money",
      "tracing",
      "web",
      "web::json",
      "web::query"
    })
@NullMarked
package io.quittance.payment;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
