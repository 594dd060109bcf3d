package io.quittance.analytics.enrich;

/**
 * What is counted of a payment.
 *
 * @param payee as it is counted
 */
record PaymentFacts(String payee, String currency, String status) {}
