/**
 * What all REST modules share: problem details (RFC 9457), routes, request ids, TypeIDs. Strict
 * JSON, pages and cursors, and the server are in the packages below. It imports nothing of
 * payments. It is large because it is the vocabulary that every module with routes imports, in
 * small classes; splitting it would add imports and no order.
 */
@ApplicationModule(allowedDependencies = "database")
@NullMarked
package io.quittance.web;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
