package io.quittance.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Whatever is sent, the answer is one of the contract. A failure prints its seed; {@code
 * -Dfuzz.seed=N} draws the same requests again, {@code -Dfuzz.requests=N} more of them.
 */
abstract class FuzzContract extends Contract {

  private static final int REQUESTS = Integer.getInteger("fuzz.requests", 400);

  private static final Set<String> CODES =
      Set.of(
          "malformed_json",
          "unknown_field",
          "invalid_request",
          "idempotency_key_required",
          "invalid_idempotency_key",
          "invalid_deadline",
          "invalid_cursor",
          "unauthorized",
          "insufficient_scope",
          "not_found",
          "insufficient_funds",
          "fraud_declined",
          "method_not_allowed",
          "not_acceptable",
          "request_too_large",
          "unsupported_media_type",
          "idempotency_in_progress",
          "stale_version",
          "duplicate_reference",
          "account_exists",
          "invalid_state",
          "idempotency_key_reused",
          "account_not_found",
          "currency_mismatch",
          "same_account",
          "amount_exceeds_capturable",
          "amount_exceeds_refundable",
          "rate_limited",
          "overloaded",
          "dependency_unavailable",
          "deadline_exceeded");

  private record Route(String method, String path, String body) {}

  private static final String ORDER =
      "{\"amount\":1,\"currency\":\"EUR\",\"payer\":\"alice\",\"payee\":\"shop\",\"reference\":\"r\","
          + "\"description\":\"d\",\"metadata\":{\"k\":\"v\"},\"capture_method\":\"manual\","
          + "\"expires_in_seconds\":60}";

  private static final List<Route> ROUTES =
      List.of(
          new Route("POST", "/v1/payments", ORDER),
          new Route("POST", "/v1/payments/simulate", ORDER),
          new Route("POST", "/v1/payments/{pay}/captures", "{\"amount\":1,\"final\":false}"),
          new Route("POST", "/v1/payments/{pay}/cancel", "{}"),
          new Route("POST", "/v1/payments/{pay}/refunds", "{\"amount\":1,\"reason\":\"r\"}"),
          new Route(
              "POST", "/v1/payments/{pay}/review", "{\"decision\":\"decline\",\"reason\":\"r\"}"),
          new Route(
              "POST",
              "/v1/transfers",
              "{\"from\":\"alice\",\"to\":\"shop\",\"amount\":1,\"currency\":\"EUR\","
                  + "\"reference\":\"r\",\"metadata\":{\"k\":\"v\"}}"),
          new Route(
              "PUT",
              "/v1/accounts/fuzz",
              "{\"currency\":\"EUR\",\"name\":\"n\",\"kind\":\"standard\",\"overdraft_limit\":0,"
                  + "\"metadata\":{\"k\":\"v\"}}"),
          new Route(
              "PUT",
              "/v1/fraud/rules",
              "{\"version\":0,\"review_from\":50,\"decline_from\":80,"
                  + "\"fallback\":{\"approve_below\":5},\"rules\":["
                  + "{\"id\":\"a\",\"kind\":\"amount_limit\",\"action\":\"decline\","
                  + "\"amount\":90000,\"currency\":\"EUR\"},"
                  + "{\"id\":\"b\",\"kind\":\"list\",\"list\":\"allow\",\"payers\":[\"alice\"]},"
                  + "{\"id\":\"c\",\"kind\":\"new_account\",\"action\":\"score\",\"score\":1,"
                  + "\"age_seconds\":1}]}"),
          new Route(
              "POST",
              "/v1/api-keys",
              "{\"name\":\"n\",\"scopes\":[\"ledger:read\"],"
                  + "\"expires_at\":\"2036-01-01T00:00:00Z\"}"),
          new Route("POST", "/v1/api-keys/{key}/rotate", "{\"overlap_seconds\":1}"),
          new Route(
              "POST",
              "/v1/webhook-endpoints",
              "{\"url\":\"http://127.0.0.1:9/a\",\"events\":[\"*\"],\"description\":\"d\"}"),
          new Route(
              "PATCH",
              "/v1/webhook-endpoints/{whe}",
              "{\"url\":\"http://127.0.0.1:9/b\",\"events\":[\"payment.failed\"],"
                  + "\"description\":\"d\",\"enabled\":false}"),
          new Route("POST", "/v1/webhook-endpoints/{whe}/rotate-secret", "{\"overlap_seconds\":1}"),
          new Route(
              "POST",
              "/v1/webhook-endpoints/{whe}/recover",
              "{\"since\":\"2026-01-01T00:00:00Z\"}"));

  private static final List<String> HEADERS =
      List.of(
          "Idempotency-Key",
          "Payment-Deadline-Ms",
          "Prefer",
          "X-Request-Id",
          "Authorization",
          "Content-Type",
          "Accept",
          "Accept-Encoding",
          "Accept-Language");

  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "\"",
          "\"\"",
          "\"a",
          "a\"b",
          "-1",
          "0",
          "1.5",
          "1e3",
          "99999999999999999999",
          "NaN",
          "é",
          "\t",
          "a\tb",
          "wait=",
          "wait=-1",
          "wait=1e9",
          "wait=99999999999999",
          "wait=1;wait=2",
          "Bearer",
          "Bearer ",
          "Bearer  x  y",
          "bearer \u00ff",
          "Basic YTpi",
          "application/json;charset=\"",
          "application/json;;;q=",
          "*/*;q=2",
          ";",
          "/",
          "%00",
          "${jndi:ldap://127.0.0.1/a}",
          "' or 1=1 --",
          "4111 1111 1111 1111",
          "../../etc/passwd",
          "x".repeat(300),
          "x".repeat(4_000));

  private static final List<String> LISTS =
      List.of(
          "/v1/payments?%s=%s",
          "/v1/accounts?%s=%s",
          "/v1/accounts/alice/entries?%s=%s",
          "/v1/accounts/alice/balance?%s=%s",
          "/v1/events?%s=%s",
          "/v1/api-keys?%s=%s",
          "/v1/webhook-endpoints?%s=%s",
          "/v1/ledger/verify?%s=%s");

  private static final List<String> PARAMETERS =
      List.of(
          "limit",
          "cursor",
          "status",
          "payer",
          "reference",
          "currency",
          "created_from",
          "created_to",
          "amount_min",
          "amount_max",
          "from",
          "to",
          "at",
          "type",
          "payment_id",
          "account",
          "\ud83d\ude00",
          "");

  private static final List<String> OBJECTS =
      List.of(
          "/v1/payments/%s",
          "/v1/payments/%s/timeline",
          "/v1/payments/%s/refunds",
          "/v1/accounts/%s",
          "/v1/accounts/%s/entries",
          "/v1/transfers/%s",
          "/v1/events/%s",
          "/v1/webhook-endpoints/%s",
          "/v1/webhook-endpoints/%s/deliveries");

  private final long seed = Long.getLong("fuzz.seed", new Random().nextLong());
  private final Random random = new Random(seed);
  private final Mutations mutations = new Mutations(random);

  @Test
  void answersAnyBodyWithinTheContract() {
    for (int i = 0; i < REQUESTS; i++) {
      Route route = mutations.pick(ROUTES);
      byte[] body = mutations.of(route.body());

      Answer answer = merchant.call(route.method(), path(route)).randomKey().bytes(body).send();

      assertWithinTheContract(
          answer,
          route + " with " + new String(body, java.nio.charset.StandardCharsets.ISO_8859_1));
    }
  }

  @Test
  void answersAnyHeaderWithinTheContract() {
    for (int i = 0; i < REQUESTS; i++) {
      Route route = mutations.pick(ROUTES);
      String name = mutations.pick(HEADERS);
      String value = mutations.pick(TEXTS);
      String request =
          "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%sContent-Length: %d\r\n%s: %s\r\n\r\n%s"
              .formatted(
                  route.method(),
                  path(route),
                  defaultsWithout(name),
                  route.body().length(),
                  name,
                  value,
                  route.body());

      String answer = RawHttp.exchange(merchant.service(), request);

      int status = Integer.parseInt(answer.substring(9, 12));
      if (status >= 400) {
        JsonNode problem = RawHttp.body(answer);
        assertThat(problem.path("code").asText()).as(because(name + ": " + value)).isIn(CODES);
      }
      assertThat(status).as(because(name + ": " + value + answer)).isNotEqualTo(500);
    }
  }

  @Test
  void answersAnyQueryAndAnyIdWithinTheContract() {
    for (int i = 0; i < REQUESTS; i++) {
      String text = random.nextBoolean() ? mutations.pick(TEXTS) : "\ud83d\ude00\u0000\n";
      String path =
          random.nextBoolean()
              ? mutations.pick(LISTS).formatted(encoded(mutations.pick(PARAMETERS)), encoded(text))
              : mutations.pick(OBJECTS).formatted(encoded(text));

      assertWithinTheContract(merchant.get(path), path);
    }
  }

  private String defaultsWithout(String name) {
    var headers = new StringBuilder();
    for (String[] header :
        new String[][] {
          {"Authorization", "Bearer " + merchant.secret()},
          {"Content-Type", "application/json"},
          {"Idempotency-Key", "k" + random.nextLong()}
        }) {
      if (!header[0].equals(name)) {
        headers.append(header[0]).append(": ").append(header[1]).append("\r\n");
      }
    }
    return headers.toString();
  }

  private String path(Route route) {
    return route
        .path()
        .replace("{pay}", random.nextBoolean() ? "pay_0" : payment())
        .replace("{key}", "key_01jd8x00000000000000000000")
        .replace("{whe}", endpoint());
  }

  private String payment() {
    if (payment == null) {
      payment = merchant.authorize(50, "alice", "shop");
    }
    return payment;
  }

  private String endpoint() {
    if (endpoint == null) {
      endpoint =
          merchant.post("/v1/webhook-endpoints", Json.parse(ROUTES.get(11).body())).is(201).id();
    }
    return endpoint;
  }

  private String payment;
  private String endpoint;

  private void assertWithinTheContract(Answer answer, String request) {
    String because = because(request + ": " + answer);
    assertThat(answer.text().toLowerCase(Locale.ROOT))
        .as(because)
        .doesNotContain(
            "exception", "io.quittance", "java.", "springframework", "jackson", "<html");
    if (answer.status() >= 400) {
      assertThat(answer.code()).as(because).isIn(CODES);
      answer.isProblem(answer.status(), answer.code());
    } else {
      assertThat(answer.status()).as(because).isBetween(200, 299);
    }
  }

  private String because(String request) {
    return "-Dfuzz.seed=" + seed + " " + request;
  }

  private static String encoded(String text) {
    return java.net.URLEncoder.encode(text, java.nio.charset.StandardCharsets.UTF_8)
        .replace("+", "%20");
  }
}
