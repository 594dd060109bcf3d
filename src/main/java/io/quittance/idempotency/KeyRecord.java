package io.quittance.idempotency;

import io.quittance.web.Problem;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a used key stands for: an object, or a refusal.
 *
 * @param objectId the payment, transfer, … that the request made, or because of which it was
 *     refused
 * @param refusal the code of the refusal, when nothing was made; a newer version may have others
 * @param detail what the refusal said; without one, what a repetition is told beyond the object
 * @param runsUntil when the request that claimed the key will have ended
 */
public record KeyRecord(
    String fingerprint,
    @Nullable UUID objectId,
    @Nullable String refusal,
    @Nullable String detail,
    Instant runsUntil) {

  /** The refusal as it was answered, if it was one. */
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
