/**
 * Connections to the database: their pools, what it means when one fails, how arrays and times are
 * bound and read, and where the SQL of H2, PostgreSQL and Citus differs.
 */
@ApplicationModule(allowedDependencies = "concurrency")
@NullMarked
package io.quittance.database;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
