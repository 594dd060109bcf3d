package io.quittance.contract;

import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

/** The console's session, and how its page and files are served. */
abstract class ConsoleContract extends Contract {

  private static final String POLICY =
      "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self';"
          + " object-src 'none'";

  private Call login(String key) {
    return merchant
        .anonymous()
        .call("POST", "/console/session")
        .header("X-Quittance-Console", "1")
        .body(object("key", key));
  }

  /** The cookie of a new session, as a browser sends it back. */
  private String cookie(String key) {
    String set = login(key).send().is(204).header("Set-Cookie").orElseThrow();
    return set.substring(0, set.indexOf(';'));
  }

  private Call browser(String cookie, String method, String path) {
    return merchant.anonymous().call(method, path).header("Cookie", cookie);
  }

  private Call page(String cookie, String method, String path) {
    return browser(cookie, method, path).header("X-Quittance-Console", "1");
  }

  private Answer session(String cookie) {
    return browser(cookie, "GET", "/console/session").send();
  }

  @Test
  void standsForTheKeyInACookieThatNoScriptReads() {
    Answer opened = login(merchant.secret()).send().is(204);

    assertThat(opened.header("Set-Cookie").orElseThrow())
        .matches("quittance_session=qs_[\\w-]{43}; .*")
        .contains("Path=/", "Max-Age=28800", "HttpOnly", "SameSite=Strict")
        .doesNotContain("Secure", merchant.secret());
    JsonNode session = session(cookie(merchant.secret())).is(200).body();
    assertThat(session.path("merchant").asText()).isEqualTo("a test");
    assertThat(Json.texts(session.path("scopes"))).contains("payments:write", "analytics:read");
    assertThat(session.path("sandbox").isBoolean()).isTrue();
    assertThat(session.path("expires_at").asText()).matches(TIME);
    assertThat(session.size()).isEqualTo(4);
    session("quittance_session=qs_nobody").is(204);
    merchant.anonymous().get("/console/session").is(204);
    merchant
        .anonymous()
        .post("/console/session", object("key", "x".repeat(5_000)))
        .isProblem(413, "request_too_large");
  }

  @Test
  void readsByItselfAndChangesOnlyWhatOurPageAsksFor() {
    String cookie = cookie(merchant.secret());
    JsonNode order = order(100, "alice", "shop");

    browser(cookie, "GET", "/v1/accounts/alice").send().is(200);
    browser(cookie, "GET", "/v1/accounts/alice")
        .header("Sec-Fetch-Site", "cross-site")
        .send()
        .isProblem(401, "unauthorized");
    browser(cookie, "POST", "/v1/payments")
        .randomKey()
        .body(order)
        .send()
        .isProblem(401, "unauthorized");
    page(cookie, "POST", "/v1/payments")
        .header("Sec-Fetch-Site", "cross-site")
        .randomKey()
        .body(order)
        .send()
        .isProblem(401, "unauthorized");
    nothingMoved();
    page(cookie, "POST", "/v1/payments").randomKey().body(order).send().is(201);
    moved(100);
    page(cookie, "GET", "/v1/merchants").send().isProblem(403, "insufficient_scope");
  }

  @Test
  void neitherPassesForTheOther() {
    String cookie = cookie(merchant.secret());

    merchant
        .with(cookie.substring(cookie.indexOf('=') + 1))
        .get("/v1/accounts")
        .isProblem(401, "unauthorized");
    browser("quittance_session=" + merchant.secret(), "GET", "/v1/accounts")
        .send()
        .isProblem(401, "unauthorized");
  }

  @Test
  void opensForMerchantsKeysOnlyAndOnlyWhereOurPageAsks() {
    login("qt_wrong").send().isProblem(401, "unauthorized");
    login(OPERATOR_KEY).send().isProblem(401, "unauthorized");
    login("").send().isRefused("key", "required");
    merchant
        .anonymous()
        .post("/console/session", object("key", merchant.secret()))
        .isProblem(401, "unauthorized");
    Answer crossSite = login(merchant.secret()).header("Sec-Fetch-Site", "cross-site").send();
    assertThat(crossSite.isProblem(401, "unauthorized").header("Set-Cookie")).isEmpty();
  }

  @Test
  void mayWhatTheKeyMay() {
    Client till = limitedTo(merchant, "payments:read");
    String cookie = cookie(till.secret());

    assertThat(Json.texts(session(cookie).body().path("scopes"))).containsExactly("payments:read");
    browser(cookie, "GET", "/v1/payments").send().is(200);
    browser(cookie, "GET", "/v1/accounts").send().isProblem(403, "insufficient_scope");
  }

  @Test
  void endsAtLogoutAndWithItsKey() {
    Answer key =
        merchant
            .post("/v1/api-keys", object("name", "k", "scopes", Json.array("ledger:read")))
            .is(201);
    String one = cookie(key.text("/secret"));
    String other = cookie(key.text("/secret"));

    browser(one, "DELETE", "/console/session").send().isProblem(401, "unauthorized");
    session(one).is(200);
    Answer out = page(one, "DELETE", "/console/session").send().is(204);

    assertThat(out.header("Set-Cookie").orElseThrow()).contains("quittance_session=;", "Max-Age=0");
    browser(one, "GET", "/v1/accounts").send().isProblem(401, "unauthorized");
    session(one).is(204);
    browser(other, "GET", "/v1/accounts").send().is(200);

    merchant.delete("/v1/api-keys/" + key.id()).is(204);

    browser(other, "GET", "/v1/accounts").send().isProblem(401, "unauthorized");
    session(other).is(204);
    page(other, "DELETE", "/console/session").send().is(204);
    JsonNode trail = merchant.get("/v1/audit-log?object_id=" + key.id()).body().path("data");
    assertThat(Json.texts(trail, "action"))
        .containsExactly(
            "api_key.revoked",
            "api_key.session_ended",
            "api_key.session_opened",
            "api_key.session_opened",
            "api_key.created");
  }

  @Test
  void oneSessionTooManyEndsTheOldest() {
    String first = cookie(merchant.secret());
    String second = cookie(merchant.secret());
    for (int i = 0; i < 49; i++) {
      cookie(merchant.secret());
    }

    session(first).is(204);
    session(second).is(200);
  }

  @Test
  void sendsThePageWithItsPolicyAndFilesToKeep() {
    Client visitor = merchant.anonymous();
    assertThat(visitor.get("/console").is(302).header("Location")).contains("/console/");
    Answer page = visitor.get("/console/").is(200);
    assertThat(page.header("Content-Security-Policy")).contains(POLICY);
    assertThat(page.header("Content-Type").orElseThrow()).startsWith("text/html");
    assertThat(page.header("Cache-Control")).contains("no-cache");
    String tag = page.header("ETag").orElseThrow();
    visitor.call("GET", "/console/").header("If-None-Match", tag).send().is(304);
    visitor.call("HEAD", "/console/").send().is(200);

    String text = page.text();
    int end = text.indexOf("main.js") + "main.js".length();
    String path = text.substring(text.lastIndexOf("/console/assets/", end), end);
    Answer file = visitor.get(path).is(200);
    assertThat(file.header("Content-Type").orElseThrow()).startsWith("text/javascript");
    assertThat(file.header("Cache-Control").orElseThrow())
        .contains("max-age=31536000", "immutable");
    assertThat(file.header("Content-Encoding")).isEmpty();
    Answer zipped = visitor.call("GET", path).header("Accept-Encoding", "br, gzip").send().is(200);
    assertThat(zipped.header("Content-Encoding")).contains("gzip");
    assertThat(zipped.header("ETag")).isNotEqualTo(file.header("ETag"));
    assertThat(zipped.header("Vary")).contains("Accept-Encoding");
    visitor.get("/console/assets/0000/main.js").isProblem(404, "not_found");
    visitor.get(path.replace("main.js", "../main.js")).isProblem(404, "not_found");
    visitor.get("/console/nothing").isProblem(404, "not_found");
  }
}
