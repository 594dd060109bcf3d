package io.quittance.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/** The headers that tell browsers and caches to make nothing of an answer (OWASP REST security). */
final class SecurityHeaders {

  private static final String NOTHING = "default-src 'none'; frame-ancestors 'none'";

  /** Swagger UI, which exists in the sandbox only, brings scripts and styles of its own. */
  private static final String OWN_PAGES =
      "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline';"
          + " frame-ancestors 'none'";

  private SecurityHeaders() {}

  static void add(HttpServletRequest request, HttpServletResponse response) {
    String path = String.valueOf(request.getRequestURI());
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("X-Frame-Options", "DENY");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("Cache-Control", "no-store");
    response.setHeader(
        "Content-Security-Policy", path.startsWith("/swagger-ui") ? OWN_PAGES : NOTHING);
    if (request.isSecure()) {
      response.setHeader("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
    }
  }
}
