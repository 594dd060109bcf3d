/**
 * Batches of payments under one deadline, each with its fate: fanned out as payments like any
 * other, or made together in one commit.
 */
@NullMarked
package io.quittance.payment.batch;

import org.jspecify.annotations.NullMarked;
