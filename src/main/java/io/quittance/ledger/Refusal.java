package io.quittance.ledger;

import io.quittance.web.ProblemCode;
import java.util.Optional;

/**
 * Why a request is refused: an error of the caller, not a failure of the service. It is stored
 * under the request's key.
 */
public record Refusal(ProblemCode code, String detail) {

  /** The result of a check that refuses. */
  public static Optional<Refusal> because(ProblemCode code, String detail) {
    return Optional.of(new Refusal(code, detail));
  }
}
