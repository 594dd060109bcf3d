/** Actions on existing payments: capture, cancel, refund, review, describe. */
@NullMarked
package io.quittance.payment.change;

import org.jspecify.annotations.NullMarked;
