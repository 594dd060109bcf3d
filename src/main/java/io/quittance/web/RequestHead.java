package io.quittance.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A request without its body.
 *
 * @param path without the query
 * @param headers the values of headers by name, in any case; null: there is no such header
 */
public record RequestHead(String method, String path, UnaryOperator<@Nullable String> headers) {

  /** The head of a request of the container, with the decoded path. */
  public static RequestHead of(HttpServletRequest request) {
    return new RequestHead(request.getMethod(), request.getServletPath(), request::getHeader);
  }

  public @Nullable String header(String name) {
    return headers.apply(name);
  }
}
