package io.quittance.payment.model;

/** A deadline, and what was used of it, in milliseconds. */
public record DeadlineBody(int grantedMs, int usedMs) {}
