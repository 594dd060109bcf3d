package io.quittance.bench;

import java.util.Locale;

/** What a client can ask for. */
enum Kind {
  PAYMENT,
  AUTHORIZATION,
  PART_CAPTURE,
  /** Ends the hold; what it does not take is given back. */
  CAPTURE,
  REFUND;

  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
