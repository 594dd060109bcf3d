/** Ends payments whose time is over: by a job on every replica, or when a command finds one. */
@NullMarked
package io.quittance.payment.recover;

import org.jspecify.annotations.NullMarked;
