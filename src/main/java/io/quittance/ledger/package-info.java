/** Double-entry accounting: accounts, transfers, two-phase holds, entries, balances. */
@ApplicationModule(
    allowedDependencies = {"money", "concurrency", "database", "journal", "access", "web"})
@NullMarked
package io.quittance.ledger;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
