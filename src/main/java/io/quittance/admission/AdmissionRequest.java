package io.quittance.admission;

import io.quittance.access.RequestSender;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the head of a request says about its urgency and its sender.
 *
 * @param sender who sends it, as far as can be told
 * @param patience how long the caller will wait at most
 * @param key stands for the caller, the path and the idempotency key; null: it has none
 */
record AdmissionRequest(
    RequestSender sender, Priority priority, Duration patience, @Nullable Long key) {

  /** The same request, now that its sender is known. */
  AdmissionRequest from(RequestSender known) {
    return new AdmissionRequest(known, priority, patience, key);
  }
}
