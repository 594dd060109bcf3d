/** Authentication: API keys, tokens and sessions, and the merchants that they belong to. */
@ApplicationModule(
    allowedDependencies = {
      "audit",
      "concurrency",
      "concurrency::pool",
      "database",
      "identity",
      "web",
      "web::query"
    })
@NullMarked
package io.quittance.access;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
