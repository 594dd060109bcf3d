/**
 * The API's own description, OpenAPI 3.1: derived from the routes, their bodies and the rules that
 * validate them, so that it cannot say what the code does not do. Nobody imports it.
 */
@ApplicationModule(
    allowedDependencies = {"audit", "fraud", "identity", "ledger", "money", "web", "web::json"})
@NullMarked
package io.quittance.openapi;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
