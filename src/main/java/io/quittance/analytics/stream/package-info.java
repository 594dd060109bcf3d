/**
 * Takes events by way of Kafka: a topic has them when they are answered, and consumers commit panes
 * together with their offsets.
 */
@NullMarked
package io.quittance.analytics.stream;

import org.jspecify.annotations.NullMarked;
