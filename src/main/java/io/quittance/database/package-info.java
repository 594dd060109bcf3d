/** Connections to the database: their pools, and what it means when one fails. */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package io.quittance.database;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
