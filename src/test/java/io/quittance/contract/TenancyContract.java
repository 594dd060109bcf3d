package io.quittance.contract;

import static io.quittance.contract.Client.move;
import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Another merchant's object is no different from one that does not exist. */
abstract class TenancyContract extends Contract {

  private static final String NOBODYS = "_01jd0000000000000000000000";

  private Client stranger;

  @BeforeEach
  void letAStrangerIn() {
    stranger = newMerchant();
  }

  /**
   * The same routes in other spellings: whoever decides on access must read them as routing does.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/%761/merchants",
        "/v1;x=y/merchants",
        "/v1/merchants;x",
        "/v1/%6derchants",
        "/%761/accounts",
        "/v1;x/accounts",
        "/./v1/merchants",
        "/v1//merchants",
        "/x/../v1/merchants"
      })
  void nobodyComesInByAnotherSpelling(String path) {
    for (Client client : List.of(merchant.anonymous(), merchant.with("qt_wrong"))) {
      Answer posted = client.call("POST", path).body("{\"name\":\"mallory\"}").send();
      assertThat(posted.status()).as("%s", posted).isIn(400, 401, 403, 404);
      assertThat(client.get(path).status()).isIn(400, 401, 403, 404, 405);
    }
  }

  @Test
  void hidesAccounts() {
    merchant.open("secret");

    hidden("GET", "/v1/accounts/secret", "/v1/accounts/nobodys", null);
    hidden("GET", "/v1/accounts/secret/entries", "/v1/accounts/nobodys/entries", null);
    assertThat(Json.texts(stranger.get("/v1/accounts").body().path("data"), "id"))
        .containsExactlyInAnyOrder("world", "alice", "shop");
    stranger.pay(1, "alice", "secret").isProblem(422, "account_not_found");
    stranger.transfer(move(1, "alice", "secret")).send().isProblem(422, "account_not_found");
    stranger.put("/v1/accounts/secret", object("currency", "USD")).is(201);
    assertThat(merchant.get("/v1/accounts/secret").text("/currency")).isEqualTo("EUR");
  }

  @Test
  void hidesPayments() {
    String path = "/v1/payments/" + merchant.pay(100, "alice", "shop").is(201).id();
    String nobodys = "/v1/payments/pay" + NOBODYS;

    hidden("GET", path, nobodys, null);
    hidden("GET", path + "/timeline", nobodys + "/timeline", null);
    moved(100);
  }

  @Test
  void hidesReviews() {
    ObjectNode rule = object("id", "all", "kind", "new_account", "action", "review");
    merchant.rules(Json.array(rule.put("age_seconds", 86_400)));
    String path = "/v1/payments/" + merchant.pay(100, "alice", "shop").is(202).id() + "/review";

    hidden("POST", path, "/v1/payments/pay" + NOBODYS + "/review", object("decision", "approve"));
    held(100);
  }

  @Test
  void hidesTransfers() {
    String id = merchant.transfer(move(100, "alice", "shop")).send().is(201).id();

    hidden("GET", "/v1/transfers/" + id, "/v1/transfers/trf" + NOBODYS, null);
    moved(100);
  }

  @Test
  void hidesEvents() {
    String payment = merchant.pay(100, "alice", "shop").is(201).id();
    String event = merchant.events(payment).getFirst().path("id").asText();

    merchant.get("/v1/events/" + event).is(200);
    hidden("GET", "/v1/events/" + event, "/v1/events/evt" + NOBODYS, null);
    assertThat(stranger.get("/v1/events").is(200).body().path("data")).isEmpty();
  }

  @Test
  void hidesKeys() {
    String key = merchant.get("/v1/api-keys").is(200).text("/data/0/id");
    String nobodys = "/v1/api-keys/key" + NOBODYS;

    hidden("DELETE", "/v1/api-keys/" + key, nobodys, null);
    hidden("POST", "/v1/api-keys/" + key + "/rotate", nobodys + "/rotate", object());
    assertThat(stranger.get("/v1/api-keys").is(200).text()).doesNotContain(key);
    merchant.get("/v1/accounts").is(200);
  }

  @Test
  void keepsRulesApart() {
    ObjectNode rule = object("id", "all", "kind", "new_account", "action", "decline");
    merchant.rules(Json.array(rule.put("age_seconds", 86_400)));

    stranger.pay(1, "alice", "shop").is(201);
    assertThat(stranger.version()).isZero();
    merchant.pay(1, "alice", "shop").isProblem(402, "fraud_declined");
  }

  @Test
  void keepsIdempotencyKeysAndReferencesApart() {
    ObjectNode order = order(100, "alice", "shop").put("reference", "r");
    Answer mine = merchant.payment(order).key("k").send().is(201);
    Answer theirs = stranger.payment(order.put("amount", 7)).key("k").send().is(201);

    assertThat(theirs.header("Idempotent-Replayed")).isEmpty();
    assertThat(theirs.id()).isNotEqualTo(mine.id());
    assertThat(stranger.balance("shop", "posted")).isEqualTo(7);
    moved(100);
  }

  @Test
  void takesIdsOfAnotherKindForNothing() {
    String payment = merchant.pay(1, "alice", "shop").is(201).id();

    Stream.of(
            "/v1/transfers/" + payment,
            "/v1/events/" + payment,
            "/v1/payments/" + payment.substring(4),
            "/v1/payments/" + payment.toUpperCase(java.util.Locale.ROOT),
            "/v1/payments/pay_" + "z".repeat(26),
            "/v1/accounts/UPPER",
            "/v1/accounts/a%0Ab/entries")
        .forEach(path -> merchant.get(path).isProblem(404, "not_found"));
  }

  /** The stranger is told of the object what he is told of one that nobody has. */
  private void hidden(String method, String path, String nobodys, ObjectNode body) {
    Answer answer = strangers(method, path, body).isProblem(404, "not_found");
    Answer nothing = strangers(method, nobodys, body).isProblem(404, "not_found");

    assertThat(anonymised(answer)).isEqualTo(anonymised(nothing));
  }

  private Answer strangers(String method, String path, ObjectNode body) {
    Call call = stranger.call(method, path);
    return (body == null ? call : call.body(body)).send();
  }

  private static ObjectNode anonymised(Answer answer) {
    return ((ObjectNode) answer.body()).without(java.util.List.of("instance", "request_id"));
  }
}
