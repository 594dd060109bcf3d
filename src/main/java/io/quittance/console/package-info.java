/** The console: its pages and files, and the session of a browser. */
@ApplicationModule(allowedDependencies = {"access", "identity", "money", "web"})
@NullMarked
package io.quittance.console;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
