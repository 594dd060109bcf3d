package io.quittance.ledger;

/**
 * The reversals of one transfer so far.
 *
 * @param count how many there are
 * @param amount their sum, in minor units
 */
record Reversals(int count, long amount) {

  static final Reversals NONE = new Reversals(0, 0);

  Reversals and(long more) {
    return new Reversals(count + 1, amount + more);
  }
}
