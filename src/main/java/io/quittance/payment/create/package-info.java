/** How a payment is made: from the request to its end, and the simulation and rehearsal of that. */
@NullMarked
package io.quittance.payment.create;

import org.jspecify.annotations.NullMarked;
