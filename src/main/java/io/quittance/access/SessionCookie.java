package io.quittance.access;

import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseCookie;

/** The cookie that holds a session's token. No script reads it, and no other site sends it. */
final class SessionCookie {

  static final String NAME = "quittance_session";

  private SessionCookie() {}

  /**
   * The token in a header {@code Cookie}; null: it has none, or two, of which one may be planted.
   */
  static @Nullable Secret read(@Nullable String header) {
    if (header == null || !header.contains(NAME)) {
      return null;
    }
    String start = NAME + '=';
    String[] values =
        Arrays.stream(header.split(";", -1))
            .map(String::strip)
            .filter(pair -> pair.startsWith(start) && pair.length() > start.length())
            .toArray(String[]::new);
    return values.length == 1 ? new Secret(values[0].substring(start.length())) : null;
  }

  /**
   * @param secure whether the request came over TLS
   */
  static ResponseCookie of(Secret token, Duration lifetime, boolean secure) {
    return cookie(token.text(), lifetime, secure);
  }

  /** Removes it from the browser. */
  static ResponseCookie none(boolean secure) {
    return cookie("", Duration.ZERO, secure);
  }

  private static ResponseCookie cookie(String value, Duration lifetime, boolean secure) {
    return ResponseCookie.from(NAME, value)
        .path("/")
        .httpOnly(true)
        .sameSite("Strict")
        .secure(secure)
        .maxAge(lifetime)
        .build();
  }
}
