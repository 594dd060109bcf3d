/**
 * Takes events from requests into panes: workers, duplicates, keys, and one commit for many bodies.
 * It is large because its classes are the steps of one flow, from a body to its commit.
 */
@NullMarked
package io.quittance.analytics.intake;

import org.jspecify.annotations.NullMarked;
