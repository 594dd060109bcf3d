/**
 * What payments say about the events that name them: looked up in bulk, beside the way of events.
 */
@NullMarked
package io.quittance.analytics.enrich;

import org.jspecify.annotations.NullMarked;
