/** Interaction events: how bodies are read, divided and packed. */
@NullMarked
package io.quittance.analytics.event;

import org.jspecify.annotations.NullMarked;
