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

  /** Our page sends it. A page of another origin would have to ask first (CORS), and is refused. */
  static final String CONSOLE_HEADER = "X-Quittance-Console";

  private static final Set<String> READS = Set.of("GET", "HEAD");

  /** Null: it shows nothing that counts. */
  public static @Nullable Credential of(RequestHead head) {
    String authorization = head.header(HttpHeaders.AUTHORIZATION);
    if (authorization != null) {
      Secret bearer = Secret.ofBearer(authorization);
      return bearer == null ? null : new Credential(bearer, false);
    }
    Secret token = SessionCookie.read(head.header(HttpHeaders.COOKIE));
    return token != null && cookieCounts(head) ? new Credential(token, true) : null;
  }

  /** Browsers send cookies by themselves, so more must say that our page asks. */
  private static boolean cookieCounts(RequestHead head) {
    return (READS.contains(head.method()) && !crossSite(head)) || fromConsole(head);
  }

  /** Whether our page sends the request, as only it can. */
  static boolean fromConsole(RequestHead head) {
    return "1".equals(head.header(CONSOLE_HEADER)) && !crossSite(head);
  }

  private static boolean crossSite(RequestHead head) {
    return "cross-site".equalsIgnoreCase(head.header("Sec-Fetch-Site"));
  }
}
