/** Runs batches: the items of a run, its lease, and the takeover from a replica that died. */
@NullMarked
package io.quittance.payment.batch.run;

import org.jspecify.annotations.NullMarked;
