/**
 * Decides which requests are admitted: as many as can be carried out, with a fair share for each
 * merchant, a valid key, and within rate limits.
 */
@ApplicationModule(allowedDependencies = {"access", "identity", "web"})
@NullMarked
package io.quittance.admission;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
