/** Double-entry accounting: accounts, transfers, two-phase holds, entries, balances. */
@ApplicationModule(
    allowedDependencies = {
      "audit",
      "concurrency",
      "database",
      "identity",
      "journal",
      "money",
      "web",
      "web::json",
      "web::log"
    })
@NullMarked
package io.quittance.ledger;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
