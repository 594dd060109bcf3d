/** Timelines: what the scopes of a payment did and how long it took. Stored, read and deleted. */
@NullMarked
package io.quittance.payment.timeline;

import org.jspecify.annotations.NullMarked;
