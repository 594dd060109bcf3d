/** Interaction events: how bodies are split, parsed and packed. */
@NullMarked
package io.quittance.analytics.event;

import org.jspecify.annotations.NullMarked;
