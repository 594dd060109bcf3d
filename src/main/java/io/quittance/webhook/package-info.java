/** Webhooks: the list of events, and their delivery over HTTP. */
@ApplicationModule(
    allowedDependencies = {
      "audit",
      "concurrency",
      "concurrency::pool",
      "database",
      "identity",
      "journal",
      "payment",
      "payment::event",
      "tracing",
      "web",
      "web::query"
    })
@NullMarked
package io.quittance.webhook;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
