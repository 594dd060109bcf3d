/** The caller of a request, its origin and its scopes, for every module with routes. */
@ApplicationModule(allowedDependencies = {"web"})
@NullMarked
package io.quittance.identity;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
