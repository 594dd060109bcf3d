package io.quittance.admission;

import io.quittance.access.RequestSender;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The priority, sender and deadline of a request, from its head.
 *
 * @param sender the sender, as far as it is known
 * @param patience how long the caller will wait at most
 * @param key a hash of the caller, the path and the idempotency key; null: there is no key
 */
record AdmissionRequest(
    RequestSender sender, Priority priority, Duration patience, @Nullable Long key) {

  /** The same request, now that its sender is known. */
  AdmissionRequest from(RequestSender known) {
    return new AdmissionRequest(known, priority, patience, key);
  }
}
