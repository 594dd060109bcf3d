package io.quittance.bench;

import java.util.Locale;

/** Who pays whom: anybody anybody, or anybody one and the same account. */
enum Workload {
  UNIFORM,
  HOT;

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
