package io.quittance.bench;

import java.util.SplittableRandom;

/**
 * One payment to make.
 *
 * @param payer the number in the payer's account id
 * @param payee the number in the payee's account id
 */
record Order(int payer, int payee, int amount) {

  /** Account ids are the letter a and one of these numbers, all of the same width. */
  static final int FIRST_ACCOUNT = 10_000;

  static final int ACCOUNTS = 10_000;

  /** The payee of every payment in a {@link Workload#hot} load. */
  static final int HOT_ACCOUNT = FIRST_ACCOUNT;

  static final int AMOUNT_MIN = 1_000;
  static final int AMOUNT_MAX = 9_999;

  static Order next(Workload workload, SplittableRandom random) {
    int payer;
    int payee;
    if (workload.hot()) {
      payer = FIRST_ACCOUNT + 1 + random.nextInt(ACCOUNTS - 1);
      payee = HOT_ACCOUNT;
    } else {
      payer = FIRST_ACCOUNT + random.nextInt(ACCOUNTS);
      payee = FIRST_ACCOUNT + (payer - FIRST_ACCOUNT + 1 + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
    }
    int amount = AMOUNT_MIN + random.nextInt(AMOUNT_MAX - AMOUNT_MIN + 1);
    return new Order(payer, payee, amount);
  }

  static String account(int number) {
    return "a" + number;
  }
}
