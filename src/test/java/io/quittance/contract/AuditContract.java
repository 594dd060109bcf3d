package io.quittance.contract;

import static io.quittance.contract.Json.array;
import static io.quittance.contract.Json.object;
import static io.quittance.testing.EventReceiver.Manner.ACCEPT;
import static io.quittance.testing.EventReceiver.Manner.ANSWER_410;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quittance.identity.RequiresScope;
import io.quittance.identity.Scope;
import io.quittance.ledger.AccountId;
import io.quittance.testing.EventReceiver;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** The audit trail: who changed what, when, from where. */
abstract class AuditContract extends Contract {

  /** Writing routes with these scopes change what the trail is about. */
  private static final Set<Scope> AUDITED =
      EnumSet.of(Scope.KEYS_WRITE, Scope.FRAUD_WRITE, Scope.WEBHOOKS_WRITE, Scope.LEDGER_WRITE);

  /** They send something again, or move money, which the books tell of. */
  private static final Set<String> UNAUDITED =
      Set.of(
          "POST /v1/webhook-endpoints/{id}/test",
          "POST /v1/events/{id}/redeliver",
          "POST /v1/transfers",
          "POST /v1/transfers/{id}/reverse");

  @Autowired
  @Qualifier("requestMappingHandlerMapping")
  private RequestMappingHandlerMapping routes;

  private final EventReceiver receiver = new EventReceiver();
  private int endpoints;

  @AfterEach
  void closeTheReceiver() throws Exception {
    receiver.close();
  }

  /** What each audited route is called with; a new route needs a line here, and an entry. */
  private Map<String, Supplier<Answer>> recipes() {
    var recipes = new LinkedHashMap<String, Supplier<Answer>>();
    recipes.put("POST /v1/api-keys", this::newKey);
    recipes.put(
        "POST /v1/api-keys/{id}/rotate",
        () -> merchant.post("/v1/api-keys/" + newKey().id() + "/rotate", object()));
    recipes.put("DELETE /v1/api-keys/{id}", () -> merchant.delete("/v1/api-keys/" + newKey().id()));
    recipes.put(
        "PUT /v1/accounts/{id}",
        () -> merchant.put("/v1/accounts/mint", object("currency", "EUR", "kind", "external")));
    recipes.put(
        "PATCH /v1/accounts/{id}",
        () -> {
          merchant.open("till");
          return merchant
              .call("PATCH", "/v1/accounts/till")
              .body(object("status", "frozen"))
              .send();
        });
    recipes.put("PUT /v1/fraud/rules", () -> merchant.rules(array()));
    recipes.put("POST /v1/payments/{id}/review", () -> merchant.review(parked(), "approve"));
    recipes.put("POST /v1/webhook-endpoints", this::newEndpoint);
    recipes.put(
        "PATCH /v1/webhook-endpoints/{id}",
        () ->
            merchant.call("PATCH", endpoint("")).body(object("description", "the shop's")).send());
    recipes.put("DELETE /v1/webhook-endpoints/{id}", () -> merchant.delete(endpoint("")));
    recipes.put(
        "POST /v1/webhook-endpoints/{id}/rotate-secret",
        () -> merchant.post(endpoint("/rotate-secret"), object()));
    recipes.put(
        "POST /v1/webhook-endpoints/{id}/recover",
        () -> merchant.post(endpoint("/recover"), object("since", "2026-01-01T00:00:00Z")));
    return recipes;
  }

  @Test
  void leavesNoWritingRouteOutAndCanBeSearchedForEach() {
    Map<String, Supplier<Answer>> recipes = recipes();
    assertThat(recipes.keySet()).containsExactlyInAnyOrderElementsOf(auditedRoutes());

    recipes.forEach(
        (route, recipe) -> {
          Answer answer = recipe.get();
          assertThat(answer.status()).as(route).isBetween(200, 299);
          String requestId = answer.header("X-Request-Id").orElseThrow();
          assertThat(entries())
              .as(route)
              .filteredOn(entry -> entry.path("request_id").asText().equals(requestId))
              .singleElement()
              .satisfies(
                  entry -> {
                    complete(entry);
                    assertThat(entries("?action=" + entry.path("action").asText())).contains(entry);
                  });
        });
  }

  private Set<String> auditedRoutes() {
    var audited = new TreeSet<String>();
    routes
        .getHandlerMethods()
        .forEach(
            (mapping, handler) -> {
              RequiresScope scope = handler.getMethodAnnotation(RequiresScope.class);
              for (RequestMethod method : mapping.getMethodsCondition().getMethods()) {
                if (method != RequestMethod.GET
                    && scope != null
                    && AUDITED.contains(scope.value())) {
                  mapping.getPatternValues().forEach(path -> audited.add(method + " " + path));
                }
              }
            });
    audited.removeAll(UNAUDITED);
    return audited;
  }

  private static void complete(JsonNode entry) {
    assertThat(entry.path("id").asText()).matches("aud_[0-9a-hjkmnp-tv-z]{26}");
    assertThat(entry.at("/actor/type").asText()).isEqualTo("key");
    assertThat(entry.at("/actor/id").asText()).startsWith("key_");
    assertThat(entry.path("action").asText()).startsWith(entry.path("object_type").asText() + ".");
    assertThat(entry.path("object_id").asText())
        .matches(
            entry.path("object_type").asText().equals("account")
                ? AccountId.PATTERN
                : "[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}");
    assertThat(entry.path("details").isObject()).isTrue();
    assertThat(entry.path("ip").asText()).isEqualTo("127.0.0.1");
    assertThat(entry.path("created_at").asText()).matches(TIME);
  }

  @Test
  void beginsWithTheOperatorWhoMadeTheMerchant() {
    JsonNode entry = entries().getLast();

    assertThat(Json.texts(array(entries().toArray()), "action"))
        .containsExactly("account.opened", "api_key.created", "merchant.created");
    assertThat(entry.at("/actor/type").asText()).isEqualTo("operator");
    assertThat(entry.at("/actor/id").isNull()).isTrue();
    assertThat(entry.path("object_id").asText()).startsWith("mch_");
    assertThat(entry.at("/details/name").asText()).isEqualTo("a test");
  }

  @Test
  void namesWhatTheOperatorChanged() {
    String path = "/v1/merchants/" + merchant.merchantId();
    operator.patch(path, object("enabled", true, "burst", 7)).is(200);
    operator.patch(path, object()).is(200);
    operator.post(path + "/api-keys", object("name", "k", "scopes", array("ledger:read"))).is(201);

    List<JsonNode> entries = entries().subList(0, 2);

    assertThat(Json.texts(array(entries.toArray()), "action"))
        .containsExactly("api_key.created", "merchant.changed");
    assertThat(entries)
        .allSatisfy(entry -> assertThat(entry.at("/actor/type").asText()).isEqualTo("operator"));
    assertThat(entries.getLast().path("details")).isEqualTo(object("enabled", true, "burst", 7));
  }

  @Test
  void saysWhoDecidedOnAReviewOnceHoweverOftenItIsAsked() {
    String id = parked();
    Call decline =
        merchant
            .call("POST", "/v1/payments/" + id + "/review")
            .randomKey()
            .body(object("decision", "decline", "reason", "a bad feeling"));
    decline.send().is(200);
    decline.send().is(200);
    merchant.review(id, "approve").isProblem(409, "invalid_state");

    List<JsonNode> entries = entries("?object_id=" + id);

    assertThat(entries).hasSize(1);
    assertThat(entries.getFirst().path("action").asText()).isEqualTo("payment.review_declined");
    assertThat(entries.getFirst().at("/details/reason").asText()).isEqualTo("a bad feeling");
    nothingMoved();
  }

  @Test
  void saysThatTheServiceDisabledAnEndpoint() {
    Answer endpoint = create(receiver.open("/gone", before -> ANSWER_410));
    merchant.pay(100, "alice", "shop").is(201);

    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(entries("?action=webhook_endpoint.disabled"))
                    .singleElement()
                    .satisfies(
                        entry -> {
                          assertThat(entry.at("/actor/type").asText()).isEqualTo("system");
                          assertThat(entry.path("object_id").asText()).isEqualTo(endpoint.id());
                          assertThat(entry.path("ip").isNull()).isTrue();
                        }));
    moved(100);
  }

  @Test
  void hasNoEntryForWhatWasRefused() {
    long before = entries().size();
    merchant.delete("/v1/api-keys/key_00000000000000000000000000").isProblem(404, "not_found");
    merchant
        .put("/v1/fraud/rules", object("version", 7, "rules", array()))
        .isProblem(409, "stale_version");
    limitedTo(merchant, "keys:write")
        .post("/v1/api-keys", object("name", "k", "scopes", array("ledger:read")))
        .isProblem(403, "insufficient_scope");

    // The one of the limited key itself.
    assertThat(entries()).hasSize((int) before + 1);
  }

  @Test
  void tellsNoSecretsAndBelievesNoHeader() {
    Answer key =
        merchant
            .call("POST", "/v1/api-keys")
            .header("X-Forwarded-For", "203.0.113.9")
            .header("X-Request-Id", "from-the-till")
            .body(object("name", "till", "scopes", array("ledger:read")))
            .send()
            .is(201);
    Answer rotated = merchant.post("/v1/api-keys/" + key.id() + "/rotate", object()).is(201);
    Answer endpoint = newEndpoint().is(201);

    Answer log = merchant.get("/v1/audit-log?limit=100").is(200);

    assertThat(log.text())
        .doesNotContain(
            merchant.secret(),
            key.text("/secret"),
            rotated.text("/secret"),
            endpoint.text("/secret"),
            "203.0.113.9");
    assertThat(entries("?object_id=" + key.id()))
        .extracting(entry -> entry.path("request_id").asText())
        .contains("from-the-till");
  }

  @Test
  void isReadNewestFirstPageByPage() {
    for (int i = 0; i < 4; i++) {
      newKey();
    }
    List<String> all = Json.texts(array(entries().toArray()), "id");
    var walked = new ArrayList<String>();
    String cursor = "";
    do {
      Answer page = merchant.get("/v1/audit-log?limit=4" + cursor).is(200);
      walked.addAll(Json.texts(page.body().path("data"), "id"));
      cursor =
          page.body().path("has_more").asBoolean() ? "&cursor=" + page.text("/next_cursor") : "";
    } while (!cursor.isEmpty());

    assertThat(walked).isEqualTo(all).hasSize(7).doesNotHaveDuplicates();
    assertThat(entries("?action=api_key.created")).hasSize(5);
    assertThat(entries("?to=2020-01-01T00:00:00Z")).isEmpty();
    assertThat(entries("?from=2020-01-01T00:00:00Z")).hasSize(7);
    assertThat(entries("?from=2999-01-01T00:00:00Z")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "?actoin=x",
        "?action=",
        "?action=a%27b",
        "?action=api_key.craeted",
        "?from=today",
        "?limit=0"
      })
  void refusesFiltersThatItDoesNotKnow(String query) {
    merchant.get("/v1/audit-log" + query).isProblem(400, "invalid_request");
  }

  @Test
  void isTheMerchantsOwnAndWantsTheScope() {
    Client other = newMerchant();
    Answer key = newKey();

    assertThat(other.get("/v1/audit-log?limit=100").is(200).text()).doesNotContain(key.id());
    assertThat(other.get("/v1/audit-log?object_id=" + key.id()).body().path("data")).isEmpty();
    limitedTo(merchant, "ledger:read").get("/v1/audit-log").isProblem(403, "insufficient_scope");
    merchant.anonymous().get("/v1/audit-log").isProblem(401, "unauthorized");
    String cursor = merchant.get("/v1/audit-log?limit=1").text("/next_cursor");
    merchant
        .get("/v1/audit-log?action=merchant.created&cursor=" + cursor)
        .isProblem(400, "invalid_cursor");
  }

  private List<JsonNode> entries(String... query) {
    String filters = query.length == 0 ? "?limit=100" : query[0] + "&limit=100";
    var entries = new ArrayList<JsonNode>();
    merchant.get("/v1/audit-log" + filters).is(200).body().path("data").forEach(entries::add);
    return entries;
  }

  private Answer newKey() {
    return merchant
        .post("/v1/api-keys", object("name", "till", "scopes", array("ledger:read")))
        .is(201);
  }

  private Answer newEndpoint() {
    return create(receiver.open("/hooks" + ++endpoints, before -> ACCEPT));
  }

  private Answer create(String url) {
    return merchant.post("/v1/webhook-endpoints", object("url", url, "events", array("*"))).is(201);
  }

  private String endpoint(String operation) {
    return "/v1/webhook-endpoints/" + newEndpoint().id() + operation;
  }

  /** A payment in review. */
  private String parked() {
    merchant.rules(
        array(
            object(
                "id",
                "all",
                "kind",
                "amount_limit",
                "action",
                "review",
                "amount",
                1,
                "currency",
                "EUR")));
    return merchant.pay(100, "alice", "shop").is(202).id();
  }
}
