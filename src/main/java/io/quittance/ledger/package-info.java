/** Double-entry accounting: accounts, transfers, two-phase holds, entries, balances. */
@ApplicationModule(
    allowedDependencies = {
      "audit",
      "concurrency",
      "database",
      "idempotency",
      "identity",
      "journal",
      "money",
      "web",
      "web::json",
      "web::log",
      "web::query"
    })
@NullMarked
package io.quittance.ledger;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
