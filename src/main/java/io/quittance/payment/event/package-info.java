/** What other modules use of payments: stored events, changes to count, summaries. */
@NamedInterface("event")
@NullMarked
package io.quittance.payment.event;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
