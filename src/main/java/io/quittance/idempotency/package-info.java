/**
 * Idempotency keys: a request runs at most once per key, and every repetition gets its result. A
 * key is claimed in the transaction that it protects, so its table is one of the journal's; the
 * journal itself knows no keys and no HTTP.
 */
@ApplicationModule(
    allowedDependencies = {"concurrency", "concurrency::pool", "database", "journal", "web"})
@NullMarked
package io.quittance.idempotency;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
