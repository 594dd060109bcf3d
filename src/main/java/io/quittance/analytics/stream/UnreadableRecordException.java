package io.quittance.analytics.stream;

import java.io.Serial;

/** This version cannot read a record. Another version may, so it is not skipped. */
final class UnreadableRecordException extends Exception {

  @Serial private static final long serialVersionUID = 1;

  UnreadableRecordException(RuntimeException cause) {
    super(cause);
  }
}
