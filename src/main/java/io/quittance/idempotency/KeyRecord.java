package io.quittance.idempotency;

import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
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
    return Optional.ofNullable(refusal).map(code -> problem(code, String.valueOf(detail)));
  }

  private static Problem problem(String code, String detail) {
    try {
      return Problem.of(ProblemCode.from(code), detail);
    } catch (IllegalArgumentException e) {
      return Problem.of(
              ProblemCode.DEPENDENCY_UNAVAILABLE,
              "A newer version refused the request (%s): %s".formatted(code, detail))
          .dependency("ledger");
    }
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
