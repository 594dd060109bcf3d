package io.quittance.contract;

import static io.quittance.contract.Json.array;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quittance.testing.Proves;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Merchants, as the operator manages them. */
abstract class MerchantsContract extends Contract {

  private String path;

  @BeforeEach
  void findThem() {
    path = "/v1/merchants/" + merchant.merchantId();
  }

  @Test
  void areShownAsTheyAre() {
    JsonNode shown = operator.get(path).is(200).body();

    assertThat(path).endsWith(shown.path("id").asText());
    assertThat(shown.path("name").asText()).isEqualTo("a test");
    assertThat(shown.path("enabled").asBoolean()).isTrue();
    for (String limit : List.of("deadline_max_ms", "requests_per_second", "burst")) {
      assertThat(shown.has(limit)).isTrue();
      assertThat(shown.path(limit).isNull()).isTrue();
    }
    assertThat(shown.path("created_at").asText()).matches(TIME);
    assertThat(shown.toString()).doesNotContain("secret");
  }

  @Test
  void areListedNewestFirst() {
    newMerchant(object("name", "the second"));
    newMerchant(object("name", "the third"));

    Answer page = operator.get("/v1/merchants?limit=2").is(200);
    Answer rest = operator.get("/v1/merchants?limit=1&cursor=" + page.text("/next_cursor")).is(200);

    assertThat(Json.texts(page.body().path("data"), "name"))
        .containsExactly("the third", "the second");
    assertThat(rest.body().at("/data/0")).isEqualTo(operator.get(path).body());
    operator.get("/v1/merchants?name=x").isProblem(400, "invalid_request");
  }

  @Test
  void areChangedInWhatIsGiven() {
    operator.patch(path, object("name", "renamed", "deadline_max_ms", 500)).is(200);

    JsonNode changed = operator.patch(path, object("requests_per_second", 900)).is(200).body();

    assertThat(changed.path("name").asText()).isEqualTo("renamed");
    assertThat(changed.path("deadline_max_ms").asInt()).isEqualTo(500);
    assertThat(changed.path("requests_per_second").asInt()).isEqualTo(900);
    assertThat(changed.path("burst").isNull()).isTrue();
    assertThat(operator.get(path).body()).isEqualTo(changed);
    Answer paid = merchant.pay(1, "alice", "shop").is(201);
    assertThat(paid.number("/deadline/granted_ms")).isEqualTo(500);
    assertThat(paid.header("RateLimit-Policy")).contains("\"merchant\";q=1000;w=2");
  }

  @Test
  @Proves("the operator has disabled")
  void openNothingWhileTheyAreDisabled() {
    Client other = limitedTo(merchant, "ledger:read");
    Client stranger = newMerchant();
    operator.patch(path, object("enabled", false)).is(200);

    for (Client client : List.of(merchant, other)) {
      client.get("/v1/accounts").isProblem(403, "merchant_disabled").movedNothing();
    }
    merchant.pay(1, "alice", "shop").isProblem(403, "merchant_disabled").movedNothing();
    merchant.with("qt_wrong").get("/v1/accounts").isProblem(401, "unauthorized");
    stranger.get("/v1/accounts").is(200);
    assertThat(operator.get(path).body().path("enabled").asBoolean()).isFalse();

    operator.patch(path, object("enabled", true)).is(200);
    other.get("/v1/accounts").is(200);
    nothingMoved();
  }

  @Test
  void getAKeyFromTheOperatorWhenTheyHaveLostTheirLast() {
    String id = merchant.get("/v1/api-keys").text("/data/0/id");
    merchant.delete("/v1/api-keys/" + id).is(204);
    merchant.get("/v1/accounts").isProblem(401, "unauthorized");

    var scopes = array("ledger:read", "ledger:write", "keys:write", "analytics:write");
    Answer key = operator.post(path + "/api-keys", object("name", "new", "scopes", scopes)).is(201);

    merchant = merchant.with(key.text("/secret"));
    merchant.get("/v1/accounts").is(200);
    assertThat(merchant.get("/v1/api-keys/" + key.id()).is(200).text("/name")).isEqualTo("new");
  }

  @Test
  void getKeysFromTheOperatorHoweverManyTheyHave() {
    while (merchant
            .post("/v1/api-keys", object("name", "k", "scopes", array("ledger:read")))
            .status()
        == 201) {
      // Until there are as many as there may be.
    }

    operator.post(path + "/api-keys", object("name", "k", "scopes", array("ledger:read"))).is(201);
  }

  @Test
  void areToldWhatANameMustBe() {
    Answer blank = operator.patch(path, object("name", " ")).isRefused("name", "invalid_format");

    assertThat(blank.text("/detail"))
        .isEqualTo("`name` must not be blank and must have no control characters.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"name\":\"\"}",
        "{\"name\":\" \"}",
        "{\"name\":\"a\\nb\"}",
        "{\"deadline_max_ms\":49}",
        "{\"deadline_max_ms\":30001}",
        "{\"requests_per_second\":0}",
        "{\"burst\":0}",
        "{\"burst\":1000001}",
        "{\"enabled\":\"no\"}",
        "{\"enabled\":0}"
      })
  void areNotChangedToNonsense(String body) {
    JsonNode before = operator.get(path).body();

    operator.call("PATCH", path).body(body).send().isProblem(400, "invalid_request");

    assertThat(operator.get(path).body()).isEqualTo(before);
  }

  @Test
  void areTheOperatorsAlone() {
    var answers = new ArrayList<Answer>();
    answers.add(merchant.get("/v1/merchants"));
    answers.add(merchant.get(path));
    answers.add(merchant.patch(path, object("burst", 1_000_000)));
    answers.add(
        merchant.post(path + "/api-keys", object("name", "k", "scopes", array("ledger:read"))));
    assertThat(answers).allSatisfy(answer -> answer.isProblem(403, "insufficient_scope"));
    merchant.anonymous().get(path).isProblem(401, "unauthorized");
    operator.get("/v1/api-keys").isProblem(401, "unauthorized");
  }

  @Test
  void thatDoNotExistAreNotFound() {
    String nobody = "/v1/merchants/mch_01jd0000000000000000000000";

    operator.get(nobody).isProblem(404, "not_found");
    operator.patch(nobody, object("name", "n")).isProblem(404, "not_found");
    operator
        .post(nobody + "/api-keys", object("name", "k", "scopes", array("ledger:read")))
        .isProblem(404, "not_found");
    operator.get(path.replace("mch_", "key_")).isProblem(404, "not_found");
  }
}
