/** The rows of batches and their items: stored, leased, counted and shown. */
@NullMarked
package io.quittance.payment.batch.store;

import org.jspecify.annotations.NullMarked;
