/** Who calls, from where, and what that caller may do: known to every module, and knows none. */
@ApplicationModule(allowedDependencies = {"web"})
@NullMarked
package io.quittance.identity;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
