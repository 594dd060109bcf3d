/** Numbers and texts as few bytes: what is kept in columns, and in records of Kafka. */
@NullMarked
package io.quittance.analytics.wire;

import org.jspecify.annotations.NullMarked;
