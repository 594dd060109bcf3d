/** What a merchant does to a payment that exists: capture, cancel, refund, review, describe. */
@NullMarked
package io.quittance.payment.change;

import org.jspecify.annotations.NullMarked;
