/**
 * Payments: settings and what other modules use. How payments are created, changed, found and
 * recovered is in the packages below.
 */
@ApplicationModule(
    allowedDependencies = {
      "admission",
      "audit",
      "concurrency",
      "concurrency::pool",
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
