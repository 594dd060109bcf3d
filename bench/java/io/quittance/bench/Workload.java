package io.quittance.bench;

import java.util.Locale;

/**
 * Who pays whom: anybody anybody, or anybody one and the same account; and whether there is more
 * than payments.
 */
enum Workload {
  UNIFORM(false, false),
  HOT(true, false),
  MIXED(false, true),
  MIXED_HOT(true, true);

  private final boolean hot;
  private final boolean mixed;

  Workload(boolean hot, boolean mixed) {
    this.hot = hot;
    this.mixed = mixed;
  }

  static Workload from(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  /** Whether all pay one account. */
  boolean hot() {
    return hot;
  }

  /** Whether payments are captured and refunded, too ({@link Steps}). */
  boolean mixed() {
    return mixed;
  }

  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
