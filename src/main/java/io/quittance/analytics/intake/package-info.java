/**
 * The way of events from a request into panes: shards, duplicates, keys, and one commit for many.
 */
@NullMarked
package io.quittance.analytics.intake;

import org.jspecify.annotations.NullMarked;
