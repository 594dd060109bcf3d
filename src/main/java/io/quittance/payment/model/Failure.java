package io.quittance.payment.model;

import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import org.jspecify.annotations.Nullable;

/**
 * Why a payment was declined or has failed.
 *
 * @param code one of {@link ProblemCode}, or a code of a later version
 * @param dependency the dependency that was unavailable, if that is the reason
 */
public record Failure(String code, String detail, @Nullable String dependency) {

  public Failure(ProblemCode code, String detail, @Nullable String dependency) {
    this(code.code(), detail, dependency);
  }

  public Problem problem() {
    Problem problem = Problem.stored(code, detail);
    return dependency == null ? problem : problem.dependency(dependency);
  }

  public static Failure deadlineExceeded() {
    return new Failure(
        ProblemCode.DEADLINE_EXCEEDED,
        "The deadline passed before the request was carried out; no money was moved.",
        null);
  }

  public static Failure unavailable(String dependency) {
    return new Failure(
        ProblemCode.DEPENDENCY_UNAVAILABLE,
        "The dependency %s is not available; no money was moved.".formatted(dependency),
        dependency);
  }

  /** An internal error. */
  public static Failure internal() {
    Problem problem = Problem.internal();
    return new Failure(problem.code(), String.valueOf(problem.getMessage()), null);
  }

  public static Failure fraudDeclined() {
    return new Failure(ProblemCode.FRAUD_DECLINED, ProblemCode.FRAUD_DECLINED.title() + ".", null);
  }
}
