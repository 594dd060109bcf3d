/** How a payment is made, from the request to its result, and its simulation and rehearsal. */
@NullMarked
package io.quittance.payment.create;

import org.jspecify.annotations.NullMarked;
