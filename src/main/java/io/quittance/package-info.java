/** The application: start-up and what production requires. The modules are the packages below. */
@NullMarked
package io.quittance;

import org.jspecify.annotations.NullMarked;
