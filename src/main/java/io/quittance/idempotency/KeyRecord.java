package io.quittance.idempotency;

import io.quittance.web.Problem;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is stored under a used key: an object or a refusal; or neither while a request of another
 * replica waits that has stored nothing yet.
 *
 * @param objectId the payment, transfer, … that the request made, or that it was refused for
 * @param refusal the code of the refusal, if nothing was made; newer versions may have more codes
 * @param detail the detail of the refusal; without a refusal, a detail for the answer to a
 *     repetition
 * @param runsUntil when the request that claimed the key has ended at the latest
 */
public record KeyRecord(
    String fingerprint,
    @Nullable UUID objectId,
    @Nullable String refusal,
    @Nullable String detail,
    Instant runsUntil) {

  /** A request that waits on another replica. */
  static KeyRecord waiting(String fingerprint, Instant runsUntil) {
    return new KeyRecord(fingerprint, null, null, null, runsUntil);
  }

  /** Whether the request waits, and has stored nothing. */
  boolean isWaiting() {
    return objectId == null && refusal == null;
  }

  /** The refusal as a problem, if it is one. */
  public Optional<Problem> refused() {
    return Optional.ofNullable(refusal).map(code -> Problem.stored(code, String.valueOf(detail)));
  }

  /** As {@link #refused}, thrown. */
  public void throwRefusal() {
    refused()
        .ifPresent(
            problem -> {
              throw problem;
            });
  }
}
