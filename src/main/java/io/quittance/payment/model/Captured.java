package io.quittance.payment.model;

/**
 * A capture that was made.
 *
 * @param last whether nothing can be captured after it
 */
public record Captured(Movement movement, boolean last) {}
