/** Amounts and currencies. */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package io.quittance.money;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
