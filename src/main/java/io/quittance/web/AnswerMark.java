package io.quittance.web;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Optional;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/**
 * Marks requests with what their answers are counted by when they are complete. Marking does
 * nothing outside a request.
 */
public final class AnswerMark {

  private static final String GRANTED = AnswerMark.class.getName() + ".granted";
  private static final String UNKNOWN = AnswerMark.class.getName() + ".unknown";
  private static final String LEFT_OUT = AnswerMark.class.getName() + ".leftOut";
  private static final String PROBLEM = AnswerMark.class.getName() + ".problem";

  private AnswerMark() {}

  /** The current request is to be answered within this time from its arrival. */
  public static void granted(Duration time) {
    set(GRANTED, time);
  }

  /** The current request is answered, without a problem, before its outcome is known. */
  public static void unknown() {
    set(UNKNOWN, true);
  }

  /** The request is answered with this problem. */
  public static void problem(Problem problem, HttpServletRequest request) {
    request.setAttribute(PROBLEM, problem);
  }

  /** The request is the service's own, as those of the warm-up, and is not counted. */
  public static void leaveOut(HttpServletRequest request) {
    request.setAttribute(LEFT_OUT, true);
  }

  private static void set(String name, Object value) {
    RequestAttributes request = RequestContextHolder.getRequestAttributes();
    if (request != null) {
      request.setAttribute(name, value, RequestAttributes.SCOPE_REQUEST);
    }
  }

  /** The time within which the request was to be answered; empty: none was granted. */
  public static Optional<Duration> grantedTo(HttpServletRequest request) {
    return Optional.ofNullable((Duration) request.getAttribute(GRANTED));
  }

  /** Whether the request is not to be counted. */
  public static boolean isLeftOut(HttpServletRequest request) {
    return request.getAttribute(LEFT_OUT) != null;
  }

  /** Whether a request with the same key still runs, whose answer counts instead of this one. */
  public static boolean repeatsRunning(HttpServletRequest request) {
    return request.getAttribute(PROBLEM) instanceof Problem problem
        && problem.code() == ProblemCode.IDEMPOTENCY_IN_PROGRESS;
  }

  /** Whether the answer says that the outcome is not known. */
  public static boolean isUnknown(HttpServletRequest request) {
    return request.getAttribute(UNKNOWN) != null
        || (request.getAttribute(PROBLEM) instanceof Problem problem && problem.isUnknown());
  }
}
