/** An item of a batch as a payment: how it is asked for, carried out, and what became of it. */
@NullMarked
package io.quittance.payment.batch.item;

import org.jspecify.annotations.NullMarked;
