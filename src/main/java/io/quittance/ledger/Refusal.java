package io.quittance.ledger;

import io.quittance.web.ProblemCode;

/** Why the ledger will not move money: the caller's own doing, not a failure. */
public record Refusal(ProblemCode code, String detail) {}
