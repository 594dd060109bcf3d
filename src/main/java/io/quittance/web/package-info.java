/**
 * The HTTP edge that all REST modules share: problem details (RFC 9457), strict JSON, request ids,
 * TypeIDs, pages and cursors. It knows nothing of payments.
 */
@ApplicationModule(allowedDependencies = "database")
@NullMarked
package io.quittance.web;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
