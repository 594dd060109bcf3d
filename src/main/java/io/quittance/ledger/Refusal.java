package io.quittance.ledger;

import io.quittance.web.ProblemCode;
import java.util.Optional;

/** Why the ledger refuses to move money: an error of the caller, not a failure of the service. */
public record Refusal(ProblemCode code, String detail) {

  public static Optional<Refusal> of(ProblemCode code, String detail) {
    return Optional.of(new Refusal(code, detail));
  }
}
