package io.quittance.payment.create;

import io.quittance.concurrency.ScopeReport;
import io.quittance.payment.model.PaymentResult;

/** A payment's result, and what its scope did. */
public record Processed(PaymentResult result, ScopeReport report) {}
