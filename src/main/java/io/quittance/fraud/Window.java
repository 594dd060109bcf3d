package io.quittance.fraud;

import org.jspecify.annotations.Nullable;

/**
 * A time window of a payer's past, up to the payment in question.
 *
 * @param currency only payments in this one; null: all
 * @param countedMax how many payments are counted at most, and any of them may be; null: all
 */
public record Window(int seconds, @Nullable String currency, @Nullable Integer countedMax) {

  /** Counts payments only until there are more than the limit. */
  static Window toCountAbove(int limit, int seconds) {
    return new Window(seconds, null, limit + 1);
  }

  /** Adds up all that was paid in a currency. */
  static Window toAddUp(String currency, int seconds) {
    return new Window(seconds, currency, null);
  }
}
