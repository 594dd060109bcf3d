/** Who calls, from where, and what that caller may do: for every module with callers. */
@ApplicationModule(allowedDependencies = {"web"})
@NullMarked
package io.quittance.identity;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
