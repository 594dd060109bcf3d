package io.quittance.analytics.stream;

import java.io.Serial;

/** A record is not one that this release can read. Another one may, so it is not passed over. */
final class UnreadableRecordException extends Exception {

  @Serial private static final long serialVersionUID = 1;

  UnreadableRecordException(RuntimeException cause) {
    super(cause);
  }
}
