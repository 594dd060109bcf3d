package io.quittance.access;

import io.quittance.web.RequestHead;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * The credential of a request: a key or token in its header {@code Authorization}, or else the
 * cookie of the console.
 *
 * @param session whether it is the cookie
 */
public record Credential(Secret secret, boolean session) {

  /**
   * The console's page sends it. A page of another origin would need permission (CORS), which it
   * does not get.
   */
  static final String CONSOLE_HEADER = "X-Quittance-Console";

  private static final Set<String> READS = Set.of("GET", "HEAD");

  /** The credential of a request; null: it has none that counts. */
  public static @Nullable Credential of(RequestHead head) {
    String authorization = head.header(HttpHeaders.AUTHORIZATION);
    if (authorization != null) {
      Secret bearer = Secret.ofBearer(authorization);
      return bearer == null ? null : new Credential(bearer, false);
    }
    Secret token = SessionCookie.read(head.header(HttpHeaders.COOKIE));
    return token != null && cookieCounts(head) ? new Credential(token, true) : null;
  }

  /**
   * Browsers send cookies automatically, so there must be proof that the console's page sent the
   * request.
   */
  private static boolean cookieCounts(RequestHead head) {
    return (READS.contains(head.method()) && !crossSite(head)) || fromConsole(head);
  }

  /** Whether the console's page sent the request: no other page can set this header. */
  static boolean fromConsole(RequestHead head) {
    return "1".equals(head.header(CONSOLE_HEADER)) && !crossSite(head);
  }

  private static boolean crossSite(RequestHead head) {
    return "cross-site".equalsIgnoreCase(head.header("Sec-Fetch-Site"));
  }
}
