package io.quittance.payment.model;

/** A deadline, and how much of it was used, in milliseconds. */
public record DeadlineBody(int grantedMs, int usedMs) {}
