/** What the scopes of a payment did and how long it took: recorded, read, and forgotten in time. */
@NullMarked
package io.quittance.payment.timeline;

import org.jspecify.annotations.NullMarked;
