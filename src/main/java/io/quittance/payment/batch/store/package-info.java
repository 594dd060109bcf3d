/** Batches as they are asked for, stored, leased, counted and shown. */
@NullMarked
package io.quittance.payment.batch.store;

import org.jspecify.annotations.NullMarked;
