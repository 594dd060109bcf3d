/**
 * Connections to the database: their pools, what it means when one fails, and how arrays and times
 * are bound and read.
 */
@ApplicationModule(allowedDependencies = "concurrency")
@NullMarked
package io.quittance.database;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
