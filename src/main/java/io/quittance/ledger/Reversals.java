package io.quittance.ledger;

/**
 * What is given back of one transfer.
 *
 * @param count how many times
 * @param amount in minor units
 */
record Reversals(int count, long amount) {

  static final Reversals NONE = new Reversals(0, 0);

  Reversals and(long more) {
    return new Reversals(count + 1, amount + more);
  }
}
