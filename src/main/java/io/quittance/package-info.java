/**
 * The application: start-up and what production requires. The modules are the packages below. It is
 * large because each check and each message of a start or stop is a small class, and nothing
 * imports them.
 */
@NullMarked
package io.quittance;

import org.jspecify.annotations.NullMarked;
