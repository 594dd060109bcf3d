/** Interaction events: how bodies are read, and the names of types and labels that are kept. */
@NullMarked
package io.quittance.analytics.event;

import org.jspecify.annotations.NullMarked;
