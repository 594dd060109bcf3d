package io.quittance.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.web.RequestHead;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The cookie counts only where our own page asks. */
class CredentialTest {

  private static final String COOKIE = "a=b; quittance_session=qs_token; c=d";

  /** How a request is let in: by which secret, and whether as a session. */
  private static @Nullable String shown(String method, String... headers) {
    Credential credential = of(method, headers);
    return credential == null
        ? null
        : (credential.session() ? "session " : "key ") + credential.secret().text();
  }

  private static @Nullable Credential of(String method, String... headers) {
    var map = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    for (int i = 0; i < headers.length; i += 2) {
      map.put(headers[i], headers[i + 1]);
    }
    return Credential.of(new RequestHead(method, "/v1/payments", map::get));
  }

  @Test
  void aReadNeedsTheCookieAlone() {
    assertThat(shown("GET", "Cookie", COOKIE)).isEqualTo("session qs_token");
    assertThat(shown("HEAD", "Cookie", COOKIE)).isEqualTo("session qs_token");
    assertThat(shown("GET", "Cookie", COOKIE, "Sec-Fetch-Site", "same-origin"))
        .isEqualTo("session qs_token");
  }

  @Test
  void aChangeNeedsTheHeaderAsWell() {
    for (String method : new String[] {"POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
      assertThat(shown(method, "Cookie", COOKIE)).as(method).isNull();
      assertThat(shown(method, "Cookie", COOKIE, "X-Quittance-Console", "0")).as(method).isNull();
      assertThat(shown(method, "Cookie", COOKIE, "X-Quittance-Console", "1"))
          .as(method)
          .isNotNull();
    }
  }

  @Test
  void nothingCountsThatAnotherSiteSends() {
    assertThat(shown("GET", "Cookie", COOKIE, "Sec-Fetch-Site", "cross-site")).isNull();
    assertThat(
            of(
                "POST",
                "Cookie",
                COOKIE,
                "X-Quittance-Console",
                "1",
                "Sec-Fetch-Site",
                "Cross-Site"))
        .isNull();
  }

  @Test
  void aKeyGoesBeforeTheCookie() {
    assertThat(shown("GET", "Authorization", "Bearer qt_key", "Cookie", COOKIE))
        .isEqualTo("key qt_key");
    assertThat(shown("GET", "Authorization", "qt_key", "Cookie", COOKIE)).as("no scheme").isNull();
  }

  @Test
  void twoCookiesAreNone() {
    assertThat(shown("GET", "Cookie", COOKIE + "; quittance_session=qs_planted")).isNull();
    assertThat(shown("GET", "Cookie", "quittance_session=")).isNull();
    assertThat(shown("GET", "Cookie", "x_quittance_session=qs_token")).isNull();
    assertThat(shown("GET")).isNull();
  }
}
