/**
 * Connection pools, the classification of failures, binding of arrays and times, the database's
 * clock, and the differences in SQL between H2, PostgreSQL and Citus.
 */
@ApplicationModule(allowedDependencies = {"concurrency", "concurrency::pool"})
@NullMarked
package io.quittance.database;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
