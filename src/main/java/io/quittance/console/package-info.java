/** Pages for people: the session of a browser, and what the pages are made of. */
@ApplicationModule(allowedDependencies = {"access", "identity", "money", "web"})
@NullMarked
package io.quittance.console;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
