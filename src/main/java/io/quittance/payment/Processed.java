package io.quittance.payment;

import io.quittance.concurrency.ScopeReport;

/** A payment's ending, and what its scope did. */
record Processed(PaymentResult result, ScopeReport report) {}
