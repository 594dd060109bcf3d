/**
 * Takes events from requests into panes: workers, duplicates, keys, and one commit for many bodies.
 */
@NullMarked
package io.quittance.analytics.intake;

import org.jspecify.annotations.NullMarked;
