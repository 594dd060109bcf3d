package io.quittance.web;

import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/**
 * Marks the request of the current thread as one that has committed something, or may have. If it
 * fails after that, its problem must not say that nothing has changed.
 */
public final class CommitMark {

  private static final String ATTRIBUTE = CommitMark.class.getName();

  private CommitMark() {}

  /** Marks the current request, if there is one. */
  public static void set() {
    RequestAttributes request = RequestContextHolder.getRequestAttributes();
    if (request != null) {
      request.setAttribute(ATTRIBUTE, true, RequestAttributes.SCOPE_REQUEST);
    }
  }

  /** Whether the current request may have committed a change. */
  public static boolean isSet() {
    RequestAttributes request = RequestContextHolder.getRequestAttributes();
    return request != null
        && request.getAttribute(ATTRIBUTE, RequestAttributes.SCOPE_REQUEST) != null;
  }
}
