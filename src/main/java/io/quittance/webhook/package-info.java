/** Tells the world: events by API, and their delivery over HTTP. */
@ApplicationModule(
    allowedDependencies = {
      "payment",
      "payment::event",
      "access",
      "database",
      "journal",
      "concurrency",
      "web",
      "tracing"
    })
@NullMarked
package io.quittance.webhook;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
