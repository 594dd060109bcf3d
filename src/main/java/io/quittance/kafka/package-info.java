/**
 * Sends events that the journal has stored to a topic of Kafka, in order for each payment and at
 * least once. Off unless the address of a broker is set.
 */
@ApplicationModule(
    allowedDependencies = {
      "concurrency",
      "concurrency::pool",
      "database",
      "journal",
      "payment",
      "payment::event",
      "web"
    })
@NullMarked
package io.quittance.kafka;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
