/**
 * Figures about payments and about what merchants' customers do, exact and within a second: events
 * are added up in memory as they arrive, and only the sums are stored.
 */
@ApplicationModule(
    allowedDependencies = {
      "admission",
      "concurrency",
      "concurrency::pool",
      "database",
      "identity",
      "journal",
      "kafka",
      "money",
      "payment::event",
      "web",
      "web::query",
      "web::log"
    })
@NullMarked
package io.quittance.analytics;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
