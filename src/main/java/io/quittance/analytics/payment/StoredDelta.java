package io.quittance.analytics.payment;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/** A delta as it is stored. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record StoredDelta(UUID merchantId, UUID id, byte[] payload) {

  /** Reads a row with {@code id} and {@code payload}. */
  static StoredDelta of(UUID merchantId, ResultSet row) throws SQLException {
    return new StoredDelta(merchantId, row.getObject("id", UUID.class), row.getBytes("payload"));
  }

  /**
   * @throws UnreadableDeltaException a later version wrote it, or something else did
   */
  PaymentDelta read() {
    return DeltaReader.read(merchantId, payload);
  }

  /** The delta; empty if it cannot be read, which the roll-up logs. */
  Optional<PaymentDelta> readable() {
    try {
      return Optional.of(read());
    } catch (UnreadableDeltaException e) {
      return Optional.empty();
    }
  }
}
