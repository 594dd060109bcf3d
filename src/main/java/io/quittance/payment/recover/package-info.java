/** Ends payments whose time is over: swept for on every replica, or met on the way. */
@NullMarked
package io.quittance.payment.recover;

import org.jspecify.annotations.NullMarked;
