package io.quittance.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.web.RequestHead;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The cookie counts only where our own page asks. */
class CredentialTest {

  private static final String COOKIE = "a=b; quittance_session=qs_token; c=d";

  private static Credential of(String method, String... headers) {
    var map = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    for (int i = 0; i < headers.length; i += 2) {
      map.put(headers[i], headers[i + 1]);
    }
    return Credential.of(new RequestHead(method, "/v1/payments", map::get));
  }

  @Test
  void aReadNeedsTheCookieAlone() {
    var session = new Credential(new Secret("qs_token"), true);

    assertThat(of("GET", "Cookie", COOKIE)).isEqualTo(session);
    assertThat(of("HEAD", "Cookie", COOKIE)).isEqualTo(session);
    assertThat(of("GET", "Cookie", COOKIE, "Sec-Fetch-Site", "same-origin")).isEqualTo(session);
  }

  @Test
  void aChangeNeedsTheHeaderAsWell() {
    for (String method : new String[] {"POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
      assertThat(of(method, "Cookie", COOKIE)).as(method).isNull();
      assertThat(of(method, "Cookie", COOKIE, "X-Quittance-Console", "0")).as(method).isNull();
      assertThat(of(method, "Cookie", COOKIE, "X-Quittance-Console", "1")).as(method).isNotNull();
    }
  }

  @Test
  void nothingCountsThatAnotherSiteSends() {
    assertThat(of("GET", "Cookie", COOKIE, "Sec-Fetch-Site", "cross-site")).isNull();
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
    assertThat(of("GET", "Authorization", "Bearer qt_key", "Cookie", COOKIE))
        .isEqualTo(new Credential(new Secret("qt_key"), false));
    assertThat(of("GET", "Authorization", "qt_key", "Cookie", COOKIE)).as("no scheme").isNull();
  }

  @Test
  void twoCookiesAreNone() {
    assertThat(of("GET", "Cookie", COOKIE + "; quittance_session=qs_planted")).isNull();
    assertThat(of("GET", "Cookie", "quittance_session=")).isNull();
    assertThat(of("GET", "Cookie", "x_quittance_session=qs_token")).isNull();
    assertThat(of("GET")).isNull();
  }
}
