/** Batches of payments under one deadline: their routes, and atomic batches. */
@NullMarked
package io.quittance.payment.batch;

import org.jspecify.annotations.NullMarked;
