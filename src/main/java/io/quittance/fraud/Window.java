package io.quittance.fraud;

import org.jspecify.annotations.Nullable;

/**
 * A stretch of a payer's past, up to the payment in question.
 *
 * @param currency only payments in this one; null: all
 */
public record Window(int seconds, @Nullable String currency) {}
