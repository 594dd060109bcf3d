/**
 * The HTTP edge that all REST modules share: problem details (RFC 9457), routes, request ids,
 * TypeIDs; in packages of their own strict JSON, pages and cursors, and the server itself. It
 * imports nothing of payments.
 */
@ApplicationModule(allowedDependencies = "database")
@NullMarked
package io.quittance.web;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
