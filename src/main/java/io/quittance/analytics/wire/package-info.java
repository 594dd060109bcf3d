/** A compact encoding of numbers and texts, for columns and records of Kafka. */
@NullMarked
package io.quittance.analytics.wire;

import org.jspecify.annotations.NullMarked;
