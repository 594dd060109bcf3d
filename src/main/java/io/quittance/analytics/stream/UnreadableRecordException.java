package io.quittance.analytics.stream;

import java.io.Serial;

/** This release cannot read a record. Another one may, so it is not skipped. */
final class UnreadableRecordException extends Exception {

  @Serial private static final long serialVersionUID = 1;

  UnreadableRecordException(RuntimeException cause) {
    super(cause);
  }
}
