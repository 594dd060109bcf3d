package io.quittance.identity;

/**
 * What the operator grants a merchant.
 *
 * @param enabled whether its keys are accepted
 * @param deadlineMaxMs the longest deadline, in milliseconds
 * @param rateLimit of all its keys together, on each replica
 */
public record Terms(boolean enabled, int deadlineMaxMs, RateLimit rateLimit) {}
