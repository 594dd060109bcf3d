/**
 * The OpenAPI 3.1 document of the API, derived from the routes, their bodies and their validation
 * rules, so that it matches the code. No module imports it.
 */
@ApplicationModule(
    allowedDependencies = {"audit", "fraud", "identity", "ledger", "money", "web", "web::json"})
@NullMarked
package io.quittance.openapi;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
