/** Who may do what: merchants, API keys, scopes. */
@ApplicationModule(allowedDependencies = {"web", "concurrency"})
@NullMarked
package io.quittance.access;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
