/** What others learn of payments: the events in the outbox, changes to be counted, summaries. */
@NamedInterface("event")
@NullMarked
package io.quittance.payment.event;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
