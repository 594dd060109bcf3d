/**
 * Authentication: API keys, tokens and sessions, whom they stand for, and what is known of them.
 */
@ApplicationModule(
    allowedDependencies = {"audit", "concurrency", "database", "identity", "web", "web::query"})
@NullMarked
package io.quittance.access;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
