package io.quittance.payment;

import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import org.jspecify.annotations.Nullable;

/**
 * Why a payment was declined or has failed.
 *
 * @param dependency which one was unavailable, if that is the reason
 */
record Failure(ProblemCode code, String detail, @Nullable String dependency) {

  Problem problem() {
    return Problem.of(code, detail).dependency(dependency);
  }

  static Failure deadlineExceeded() {
    return new Failure(
        ProblemCode.DEADLINE_EXCEEDED, "The deadline passed before the payment was done.", null);
  }

  static Failure unavailable(String dependency) {
    return new Failure(
        ProblemCode.DEPENDENCY_UNAVAILABLE,
        "The dependency %s did not answer; nothing was moved.".formatted(dependency),
        dependency);
  }

  /** Something broke that is nobody's fault but ours. */
  static Failure internal() {
    return new Failure(
        ProblemCode.INTERNAL_ERROR,
        ProblemCode.INTERNAL_ERROR.title() + "; nothing was moved.",
        null);
  }

  static Failure fraudDeclined() {
    return new Failure(ProblemCode.FRAUD_DECLINED, ProblemCode.FRAUD_DECLINED.title() + ".", null);
  }
}
