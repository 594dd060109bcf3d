package io.quittance.analytics.enrich;

/**
 * The labels that events get from their payment.
 *
 * @param payee the name under which it is counted
 */
record PaymentFacts(String payee, String currency, String status) {}
