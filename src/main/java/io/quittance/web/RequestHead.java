package io.quittance.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a request before its body is read.
 *
 * @param path without the query
 * @param headers the value of a header, by its name in any case; null: it is not there
 */
public record RequestHead(String method, String path, UnaryOperator<@Nullable String> headers) {

  /** The head of a request that the container has taken: its path is decoded. */
  public static RequestHead of(HttpServletRequest request) {
    return new RequestHead(request.getMethod(), request.getServletPath(), request::getHeader);
  }

  public @Nullable String header(String name) {
    return headers.apply(name);
  }
}
