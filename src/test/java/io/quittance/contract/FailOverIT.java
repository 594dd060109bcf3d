package io.quittance.contract;

import static io.quittance.contract.Client.move;
import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.array;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.contract.OpenApi.Route;
import io.quittance.testing.Postgres;
import io.quittance.testing.Proves;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.assertj.core.api.SoftAssertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * The database fails over, is full, or lets nobody in: every route that writes says so, nothing has
 * happened, and the service recovers by itself.
 */
@Tag("side-by-side")
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {
      "quittance.operator-key=" + Contract.OPERATOR_KEY,
      "quittance.notification.allow-loopback=true",
      "quittance.rate-limit.enabled=false",
      "spring.datasource.hikari.connection-timeout=500",
      "resilience4j.circuitbreaker.configs.default.wait-duration-in-open-state=1s"
    })
@ActiveProfiles("sandbox")
@DirtiesContext
class FailOverIT extends Contract {

  private static final Duration HEALS_WITHIN = Duration.ofSeconds(60);

  /** They take a body, and only read. */
  private static final Set<String> READING = Set.of("POST /v1/payments/simulate");

  private static final String ROLE = "service";

  private static EmbeddedPostgres server;

  @Autowired private MeterRegistry registry;

  @DynamicPropertySource
  static void database(DynamicPropertyRegistry registry) throws IOException {
    server = EmbeddedPostgres.start();
    sql("create role service login");
    sql("alter schema public owner to service");
    registry.add("spring.datasource.url", () -> server.getJdbcUrl(ROLE, "postgres"));
    registry.add("spring.datasource.username", () -> ROLE);
    registry.add("spring.datasource.password", () -> Postgres.Database.PASSWORD);
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  @Test
  @Proves("the database is read-only")
  void saysThatTheServerHasBecomeReadOnlyAndGoesOnWhenItIsWritable() {
    walk(
        () -> {
          writable(false);
          awaitRefusals();
        },
        () -> writable(true));
  }

  @ParameterizedTest
  @ValueSource(strings = {"53100", "53200"})
  @Proves("the database is read-only")
  void saysThatTheServerHasNoRoom(String sqlState) {
    walk(() -> refuseWrites(sqlState), FailOverIT::takeWrites);
  }

  @Test
  @Proves("the database is read-only")
  void saysThatTheServerLetsNobodyIn() {
    walk(
        () -> {
          sql("alter role service connection limit 0");
          disconnect();
        },
        () -> sql("alter role service connection limit -1"));
  }

  /** The objective for requests counts those of routes under /v1. */
  @Test
  void countsRequestsWhoseKeyCannotBeChecked() {
    sql("alter role service connection limit 0");
    disconnect();
    try {
      Awaitility.await()
          .atMost(HEALS_WITHIN)
          .until(
              () -> {
                merchant.get("/v1/accounts/alice").is(503);
                return uncheckedCounted();
              });
    } finally {
      sql("alter role service connection limit -1");
    }
    awaitHealth();
  }

  private boolean uncheckedCounted() {
    return !registry
        .find("http.server.requests")
        .tags("status", "503", "uri", "/v1/**")
        .timers()
        .isEmpty();
  }

  @Test
  @Proves("the database is read-only")
  void findsNewConnectionsWhenItsOwnAreCutOff() {
    for (int i = 0; i < 3; i++) {
      disconnect();
      awaitHealth();
    }
    merchant.get("/v1/accounts/alice").is(200);
  }

  private void walk(Runnable fault, Runnable end) {
    Map<Route, Call> prepared = prepare();
    Map<Route, Answer> refused;
    fault.run();
    try {
      refused = send(prepared);
      merchant.anonymous().get("/actuator/health/liveness").is(200);
      merchant.anonymous().get("/actuator/health/readiness").is(200);
    } finally {
      end.run();
    }
    awaitHealth();
    compare(prepared, refused);
  }

  private Map<Route, Call> prepare() {
    var prepared = new LinkedHashMap<Route, Call>();
    for (Route route : OpenApi.of(merchant.service()).routes()) {
      if (!route.method().equals("GET") && !route.open()) {
        Client caller = route.scope().isPresent() ? merchant : operator;
        prepared.put(route, route.call(caller, route.takesAnId() ? fresh(route) : ""));
      }
    }
    return prepared;
  }

  /** An object of its own for each route: some end what they are called with. */
  private String fresh(Route route) {
    return switch (route.kind()) {
      case "account" -> account(route);
      case "mch" -> operator.post("/v1/merchants", object("name", "fresh")).is(201).id();
      case "trf" -> merchant.transfer(move(7, "alice", "shop")).send().is(201).id();
      case "pay" ->
          route.path().endsWith("refunds")
              ? merchant.pay(9, "alice", "shop").is(201).id()
              : merchant.authorize(9, "alice", "shop");
      case "evt" ->
          merchant.events(merchant.pay(1, "alice", "shop").id()).getFirst().path("id").asText();
      case "key" ->
          merchant
              .post("/v1/api-keys", object("name", "k", "scopes", array("ledger:read")))
              .is(201)
              .id();
      case "whe" ->
          merchant
              .post(
                  "/v1/webhook-endpoints",
                  object("url", "https://shop.example/" + UUID.randomUUID(), "events", array("*")))
              .is(201)
              .id();
      case "bat" ->
          merchant
              .call("POST", "/v1/payment-batches")
              .randomKey()
              .body(object("payments", array(order(1, "alice", "shop").put("reference", "b"))))
              .send()
              .is(201)
              .id();
      default -> throw new AssertionError("an object for " + route);
    };
  }

  private String account(Route route) {
    String name = route.method().toLowerCase(Locale.ROOT);
    if (!route.method().equals("PUT")) {
      merchant.open(name);
    }
    return name;
  }

  private static Map<Route, Answer> send(Map<Route, Call> prepared) {
    var answers = new LinkedHashMap<Route, Answer>();
    prepared.forEach((route, call) -> answers.put(route, call.send()));
    return answers;
  }

  /** What can be done now could not be done then, and has not been. */
  private static void compare(Map<Route, Call> prepared, Map<Route, Answer> refused) {
    var softly = new SoftAssertions();
    prepared.forEach(
        (route, call) -> {
          Answer then = refused.get(route);
          Answer now = call.send();
          if (!READING.contains(route.toString())) {
            softly.check(() -> compare(route, then, now));
          }
        });
    softly.assertAll();
  }

  private static void compare(Route route, Answer then, Answer now) {
    assertThat(then.status()).as("%s: %s", route, then).isGreaterThanOrEqualTo(400);
    assertThat(then.status()).as("%s: %s", route, then).isNotEqualTo(500);
    if (now.status() < 300) {
      then.isProblem(503, "dependency_unavailable");
      // Where not even the key could be checked, the request may repeat one that was carried out.
      assertThat(then.text("/outcome"))
          .as("%s: %s", route, then)
          .isEqualTo(then.text("/resolves_by").isEmpty() ? "none" : "unknown");
      assertThat(then.text("/dependency")).as("%s: %s", route, then).isEqualTo("ledger");
      assertThat(then.header("Retry-After")).as("%s: %s", route, then).isPresent();
      assertThat(now.header("Idempotent-Replayed")).as("%s: %s", route, now).isEmpty();
    }
  }

  private void awaitHealth() {
    Awaitility.await()
        .atMost(HEALS_WITHIN)
        .until(() -> merchant.pay(order(1, "alice", "shop")).status() == 201);
  }

  /** A session takes the new setting a moment later, each in its own. */
  private void awaitRefusals() {
    Awaitility.await()
        .atMost(HEALS_WITHIN)
        .until(
            () ->
                IntStream.range(0, 10)
                    .allMatch(i -> merchant.pay(order(1, "alice", "shop")).status() == 503));
  }

  private static void writable(boolean yes) {
    sql("alter system set default_transaction_read_only = " + (yes ? "off" : "on"));
    sql("select pg_reload_conf()");
  }

  private static void refuseWrites(String sqlState) {
    sql(
        """
        create function refuse() returns trigger language plpgsql as
        $$ begin raise exception 'no room' using errcode = '%s'; end $$
        """
            .formatted(sqlState));
    for (String table : tables()) {
      sql(
          "create trigger refuse before insert or update or delete on %s execute function refuse()"
              .formatted(table));
    }
  }

  private static void takeWrites() {
    sql("drop function refuse() cascade");
  }

  private static List<String> tables() {
    return JdbcClient.create(server.getPostgresDatabase())
        .sql("select tablename from pg_tables where schemaname = 'public'")
        .query(String.class)
        .list();
  }

  private static void disconnect() {
    sql("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'service'");
  }

  private static void sql(String statement) {
    var jdbc = JdbcClient.create(server.getPostgresDatabase());
    if (statement.startsWith("select")) {
      jdbc.sql(statement).query().listOfRows();
    } else {
      jdbc.sql(statement).update();
    }
  }
}
