package io.quittance.web;

import jakarta.servlet.http.HttpServletRequest;

/**
 * The id and arrival time of a request.
 *
 * @param id the caller's X-Request-Id, or one of ours
 * @param arrivedNanos {@link System#nanoTime()} on arrival; deadlines count from here
 */
public record RequestContext(String id, long arrivedNanos) {

  private static final String ATTRIBUTE = RequestContext.class.getName();

  public static RequestContext of(HttpServletRequest request) {
    return request.getAttribute(ATTRIBUTE) instanceof RequestContext context
        ? context
        : new RequestContext("unknown", System.nanoTime());
  }

  public void attachTo(HttpServletRequest request) {
    request.setAttribute(ATTRIBUTE, this);
  }
}
