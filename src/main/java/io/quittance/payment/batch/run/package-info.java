/** Carries batches out: a run's items, its lease, and the takeover of what a dead replica left. */
@NullMarked
package io.quittance.payment.batch.run;

import org.jspecify.annotations.NullMarked;
