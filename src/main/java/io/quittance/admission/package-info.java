/**
 * Which requests are let in: as many as can be carried out, each merchant its fair share, with a
 * key that is valid, and within rate limits.
 */
@ApplicationModule(allowedDependencies = {"access", "identity", "web"})
@NullMarked
package io.quittance.admission;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
