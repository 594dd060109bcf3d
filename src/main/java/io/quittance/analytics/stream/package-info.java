/**
 * The way of events through Kafka: a topic has them when they are answered, and consumers commit
 * panes together with how far they have read.
 */
@NullMarked
package io.quittance.analytics.stream;

import org.jspecify.annotations.NullMarked;
