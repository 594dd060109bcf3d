/** The playground: demo data and faults on demand. Nobody imports it. */
@ApplicationModule
@NullMarked
package io.quittance.sandbox;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
