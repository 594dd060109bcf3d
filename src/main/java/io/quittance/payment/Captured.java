package io.quittance.payment;

/**
 * A capture that was made.
 *
 * @param last whether nothing can be captured after it
 */
record Captured(Movement movement, boolean last) {}
