package io.quittance.contract;

import static io.quittance.contract.Client.move;
import static io.quittance.contract.Json.object;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quittance.testing.Postgres;
import io.quittance.testing.Sandbox;
import io.quittance.web.ProblemCode;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Whatever is sent, on both databases, the answer is one of the contract: never a 500, a stack
 * trace or silence. What fails is tried again first in the next run (jqwik keeps it).
 */
class FuzzIT {

  private static final int TRIES = 600;

  /** What no input can lead to here. */
  private static final Set<ProblemCode> NEVER =
      EnumSet.of(
          ProblemCode.INTERNAL_ERROR, ProblemCode.MERCHANT_DISABLED, ProblemCode.REVIEW_REQUIRED);

  private static final Set<String> CODES =
      EnumSet.complementOf(EnumSet.copyOf(NEVER)).stream()
          .map(ProblemCode::code)
          .collect(Collectors.toUnmodifiableSet());

  private record Route(String method, String path, String body) {}

  private static final String ORDER =
      "{\"amount\":1,\"currency\":\"EUR\",\"payer\":\"alice\",\"payee\":\"shop\",\"reference\":\"r\","
          + "\"description\":\"d\",\"metadata\":{\"k\":\"v\"},\"capture_method\":\"manual\","
          + "\"expires_in_seconds\":60}";

  private static final String ENDPOINT =
      "{\"url\":\"http://127.0.0.1:9/a\",\"events\":[\"*\"],\"description\":\"d\"}";

  private static final List<Route> ROUTES =
      List.of(
          new Route("POST", "/v1/payments", ORDER),
          new Route("POST", "/v1/payments/simulate", ORDER),
          new Route("POST", "/v1/payment-batches", "{\"payments\":[%s]}".formatted(ORDER)),
          new Route(
              "PATCH", "/v1/payments/{pay}", "{\"description\":\"d\",\"metadata\":{\"k\":\"v\"}}"),
          new Route("POST", "/v1/payments/{pay}/captures", "{\"amount\":1,\"final\":false}"),
          new Route("POST", "/v1/payments/pay_0/cancel", "{}"),
          new Route("POST", "/v1/payments/{pay}/cancel", "{}"),
          new Route("POST", "/v1/payments/{pay}/refunds", "{\"amount\":1,\"reason\":\"r\"}"),
          new Route(
              "POST", "/v1/payments/{pay}/review", "{\"decision\":\"decline\",\"reason\":\"r\"}"),
          new Route(
              "POST",
              "/v1/transfers",
              "{\"from\":\"alice\",\"to\":\"shop\",\"amount\":1,\"currency\":\"EUR\","
                  + "\"reference\":\"r\",\"metadata\":{\"k\":\"v\"}}"),
          new Route("POST", "/v1/transfers/{trf}/reverse", "{\"amount\":1,\"reason\":\"r\"}"),
          new Route(
              "PATCH",
              "/v1/accounts/fuzz",
              "{\"name\":\"n\",\"overdraft_limit\":1,\"status\":\"open\","
                  + "\"metadata\":{\"k\":\"v\"}}"),
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
          new Route("POST", "/v1/webhook-endpoints", ENDPOINT),
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

  private static final List<Sandbox> SERVICES = new ArrayList<>();
  private static final List<Victim> VICTIMS = new ArrayList<>();

  /** A merchant with something to be fuzzed. */
  private record Victim(Client merchant, String payment, String transfer, String endpoint) {

    static Victim of(Client operator) {
      String secret =
          operator.post("/v1/merchants", object("name", "fuzz")).is(201).text("/api_key/secret");
      Client merchant = operator.with(secret);
      merchant.put("/v1/accounts/world", object("currency", "EUR", "kind", "external")).is(201);
      merchant.open("alice");
      String transfer =
          merchant.transfer(move(Contract.FUNDS, "world", "alice")).send().is(201).id();
      merchant.open("shop");
      return new Victim(
          merchant,
          merchant.authorize(50, "alice", "shop"),
          transfer,
          merchant.post("/v1/webhook-endpoints", Json.parse(ENDPOINT)).is(201).id());
    }

    String path(String template) {
      return template
          .replace("{pay}", payment)
          .replace("{trf}", transfer)
          .replace("{key}", "key_01jd8x00000000000000000000")
          .replace("{whe}", endpoint);
    }
  }

  /** What is sent to whom: the databases take turns. */
  private record Shot(int victim, Route route, byte[] body, String header, String value) {

    Victim victimOf() {
      return VICTIMS.get(victim);
    }

    String path() {
      return victimOf().path(route.path());
    }

    @Override
    public String toString() {
      return "%d: %s %s: %s, %s"
          .formatted(victim, route, header, value, new String(body, ISO_8859_1));
    }
  }

  @BeforeContainer
  static void start() {
    for (Sandbox service : List.of(Sandbox.onH2(), Sandbox.on(Postgres.create()))) {
      SERVICES.add(service);
      VICTIMS.add(Victim.of(new Client(service.uri(), Sandbox.OPERATOR_KEY)));
    }
  }

  /** The books of whatever came through must be right. */
  @AfterContainer
  static void stop() {
    try {
      for (Victim victim : VICTIMS) {
        for (JsonNode currency : Contract.trialBalance(victim.merchant())) {
          assertThat(currency.path("balanced").asBoolean()).isTrue();
        }
      }
    } finally {
      SERVICES.forEach(Sandbox::close);
    }
  }

  private static <T> Arbitrary<T> drawn(Function<Random, T> draw) {
    return Arbitraries.randomValue(draw);
  }

  @Provide
  Arbitrary<Shot> badBodies() {
    return drawn(
        random -> {
          var mutations = new Mutations(random);
          Route route = mutations.pick(ROUTES);
          return new Shot(random.nextInt(2), route, mutations.of(route.body()), "", "");
        });
  }

  @Provide
  Arbitrary<Shot> badHeaders() {
    return drawn(
        random -> {
          var mutations = new Mutations(random);
          Route route = mutations.pick(ROUTES);
          return new Shot(
              random.nextInt(2),
              route,
              route.body().getBytes(UTF_8),
              mutations.pick(HEADERS),
              mutations.pick(TEXTS));
        });
  }

  @Provide
  Arbitrary<Shot> badPaths() {
    return drawn(
        random -> {
          var mutations = new Mutations(random);
          String text = random.nextBoolean() ? mutations.pick(TEXTS) : "\ud83d\ude00\u0000\n";
          String path =
              random.nextBoolean()
                  ? mutations
                      .pick(LISTS)
                      .formatted(encoded(mutations.pick(PARAMETERS)), encoded(text))
                  : mutations.pick(OBJECTS).formatted(encoded(text));
          return new Shot(random.nextInt(2), new Route("GET", path, ""), new byte[0], "", "");
        });
  }

  @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
  void answersAnyBodyWithinTheContract(@ForAll("badBodies") Shot shot) {
    assertWithinTheContract(
        shot.victimOf()
            .merchant()
            .call(shot.route().method(), shot.path())
            .randomKey()
            .bytes(shot.body())
            .send());
  }

  @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
  void answersAnyQueryAndAnyIdWithinTheContract(@ForAll("badPaths") Shot shot) {
    assertWithinTheContract(shot.victimOf().merchant().get(shot.path()));
  }

  @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
  void answersAnyHeaderWithinTheContract(@ForAll("badHeaders") Shot shot) {
    Client merchant = shot.victimOf().merchant();
    String request =
        "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%sContent-Length: %d\r\n%s: %s\r\n\r\n%s"
            .formatted(
                shot.route().method(),
                shot.path(),
                othersThan(shot, merchant),
                shot.route().body().length(),
                shot.header(),
                shot.value(),
                shot.route().body());

    String answer = RawHttp.exchange(merchant.service(), request);

    int status = Integer.parseInt(answer.substring(9, 12));
    assertThat(status).as(answer).isNotEqualTo(500);
    if (status >= 400) {
      assertThat(RawHttp.body(answer).path("code").asText()).as(answer).isIn(CODES);
    }
  }

  /** The headers that the request needs, but for the one that is drawn. */
  private static String othersThan(Shot shot, Client merchant) {
    var headers = new StringBuilder();
    for (String[] header :
        new String[][] {
          {"Authorization", "Bearer " + merchant.secret()},
          {"Content-Type", "application/json"},
          {"Idempotency-Key", "k" + System.nanoTime()}
        }) {
      if (!header[0].equals(shot.header())) {
        headers.append(header[0]).append(": ").append(header[1]).append("\r\n");
      }
    }
    return headers.toString();
  }

  private static void assertWithinTheContract(Answer answer) {
    assertThat(answer.text().toLowerCase(Locale.ROOT))
        .doesNotContain(
            "exception", "io.quittance", "java.", "springframework", "jackson", "<html");
    if (answer.status() >= 400) {
      assertThat(answer.code()).as(answer.toString()).isIn(CODES);
      answer.isProblem(answer.status(), answer.code());
    } else {
      assertThat(answer.status()).as(answer.toString()).isBetween(200, 299);
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }
}
