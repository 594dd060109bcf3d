package io.quittance.ledger;

import io.quittance.web.ProblemCode;
import java.util.Optional;

/** Why the ledger will not move money: the caller's own doing, not a failure. */
public record Refusal(ProblemCode code, String detail) {

  public static Optional<Refusal> of(ProblemCode code, String detail) {
    return Optional.of(new Refusal(code, detail));
  }
}
