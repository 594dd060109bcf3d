/** The items of a batch as payments: the request, how it is carried out, and its result. */
@NullMarked
package io.quittance.payment.batch.item;

import org.jspecify.annotations.NullMarked;
