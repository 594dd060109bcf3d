package io.quittance.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The headers that keep browsers from rendering a response and caches from storing it (OWASP REST
 * security).
 */
public final class SecurityHeaders {

  private static final String NOTHING = "default-src 'none'; frame-ancestors 'none'";

  /** Swagger UI, which exists in the sandbox only, has its own scripts and styles. */
  private static final String OWN_PAGES =
      "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline';"
          + " frame-ancestors 'none'";

  /** The console: its own files, and nothing inline or from elsewhere. */
  private static final String CONSOLE =
      "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self';"
          + " object-src 'none'";

  private static final Map<String, String> OF_ANSWERS = headers(NOTHING);
  private static final Map<String, String> OF_PAGES = headers(OWN_PAGES);
  private static final Map<String, String> OF_CONSOLE = headers(CONSOLE);

  private SecurityHeaders() {}

  private static Map<String, String> headers(String policy) {
    return Map.of(
        "X-Content-Type-Options",
        "nosniff",
        "X-Frame-Options",
        "DENY",
        "Referrer-Policy",
        "no-referrer",
        "Cache-Control",
        "no-store",
        "Content-Security-Policy",
        policy);
  }

  public static void add(HttpServletRequest request, HttpServletResponse response) {
    add(String.valueOf(request.getRequestURI()), request.isSecure(), response::setHeader);
  }

  private static Map<String, String> headersOf(String path) {
    if (path.equals("/console") || path.startsWith("/console/")) {
      return OF_CONSOLE;
    }
    return path.startsWith("/swagger-ui") ? OF_PAGES : OF_ANSWERS;
  }

  /** Passes each header's name and value to a consumer. */
  public static void add(String path, boolean secure, BiConsumer<String, String> to) {
    headersOf(path).forEach(to);
    if (secure) {
      to.accept("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
    }
  }
}
