/** Pages for people: the session of a browser, and what the pages are made of. */
@ApplicationModule(allowedDependencies = {"web", "access", "money"})
@NullMarked
package io.quittance.console;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
