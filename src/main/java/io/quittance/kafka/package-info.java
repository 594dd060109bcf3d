/**
 * Events for Kafka: what the journal has written is sent to a topic, in order per payment and at
 * least once. Switched on by the address of a broker; nothing of it is there before.
 */
@ApplicationModule(
    allowedDependencies = {
      "concurrency",
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
