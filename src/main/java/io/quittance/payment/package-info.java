/** Payments: their REST routes, their life, and the scope in which each is carried out. */
@ApplicationModule(
    allowedDependencies = {
      "access",
      "ledger",
      "fraud",
      "money",
      "database",
      "journal",
      "concurrency",
      "web",
      "tracing"
    })
@NullMarked
package io.quittance.payment;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
