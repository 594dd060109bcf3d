package io.quittance.contract;

import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quittance.web.TypeId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** API keys: what they open, and for how long. */
abstract class KeysContract extends Contract {

  private static final int KEYS_MAX = 100;

  @Autowired private JdbcClient jdbc;

  @Test
  void openWhatTheirScopesSay() {
    Answer created = create("reader", "ledger:read", "payments:read").is(201);

    assertThat(created.id()).matches("key_[0-9a-hjkmnp-tv-z]{26}");
    assertThat(created.text("/name")).isEqualTo("reader");
    assertThat(created.text("/created_at")).matches(TIME);
    assertThat(Json.texts(created.body().path("scopes")))
        .containsExactlyInAnyOrder("ledger:read", "payments:read");
    Client reader = merchant.with(created.text("/secret"));
    reader.get("/v1/accounts/alice").is(200);
    reader.pay(1, "alice", "shop").isProblem(403, "insufficient_scope");
    reader.get("/v1/api-keys").isProblem(403, "insufficient_scope");
    nothingMoved();
  }

  @Test
  void handOutOnlyScopesThatTheyHaveThemselves() {
    Client clerk = limitedTo(merchant, "keys:write", "ledger:read");
    Answer stronger = create("till", "payments:write").is(201);

    clerk
        .post("/v1/api-keys", object("name", "k", "scopes", List.of("ledger:read", "ledger:write")))
        .isProblem(403, "insufficient_scope");
    clerk
        .post("/v1/api-keys/" + stronger.id() + "/rotate", object())
        .isProblem(403, "insufficient_scope");
    clerk.post("/v1/api-keys", object("name", "k", "scopes", List.of("ledger:read"))).is(201);
    merchant.with(stronger.text("/secret")).get("/v1/events").is(403);
  }

  @ParameterizedTest
  @CsvSource({
    "fraud:write, /v1/fraud/rules, 200",
    "fraud:read,  /v1/fraud/rules, 200",
    "keys:read,   /v1/fraud/rules, 403",
    "keys:write,  /v1/api-keys,    200",
    "keys:read,   /v1/api-keys,    200",
    "fraud:write, /v1/api-keys,    403",
    "audit:read,  /v1/audit-log,   200",
    "keys:write,  /v1/audit-log,   403"
  })
  void readWhatTheirScopesSay(String scope, String path, int status) {
    limitedTo(merchant, scope).get(path).is(status);
  }

  /** As they are stored by the release before, in which keys:write read the audit log. */
  @Test
  void ofBeforeKeepWhatTheyCouldDo() {
    Answer key = create("clerk", "keys:write").is(201);
    Client clerk = merchant.with(key.text("/secret"));
    clerk.get("/v1/audit-log").isProblem(403, "insufficient_scope");

    jdbc.sql("update api_keys set scope_vocabulary = default where id = ?")
        .param(TypeId.require("key", key.id()))
        .update();

    Awaitility.await().untilAsserted(() -> clerk.get("/v1/audit-log").is(200));
    assertThat(Json.texts(rotate(key.id(), object()).is(201).body().path("scopes")))
        .containsExactlyInAnyOrder("keys:write", "audit:read");
  }

  @Test
  void thatWriteHandOutTheReading() {
    Client clerk = limitedTo(merchant, "keys:write", "fraud:write");

    clerk
        .post("/v1/api-keys", object("name", "k", "scopes", List.of("keys:read", "fraud:read")))
        .is(201);
    clerk
        .post("/v1/api-keys", object("name", "k", "scopes", List.of("audit:read")))
        .isProblem(403, "insufficient_scope");
  }

  @Test
  void areShownOneByOneWithoutTheirSecrets() {
    Answer key = create("till", "ledger:read").is(201);

    Answer shown = merchant.get("/v1/api-keys/" + key.id()).is(200);

    assertThat(shown.body()).isEqualTo(listed(key.id()));
    assertThat(shown.text()).doesNotContain(key.text("/secret"), "\"secret\"");
    merchant.delete("/v1/api-keys/" + key.id()).is(204);
    merchant.get("/v1/api-keys/" + key.id()).isProblem(404, "not_found");
  }

  @Test
  void areLimitedInNumber() {
    List<Answer> made = Burst.of(KEYS_MAX + 5, i -> create("till", "ledger:read"));

    // One was there.
    assertThat(made).filteredOn(answer -> answer.status() == 201).hasSize(KEYS_MAX - 1);
    assertThat(made)
        .filteredOn(answer -> answer.status() != 201)
        .allSatisfy(answer -> answer.isProblem(409, "invalid_state"));
    String id = made.stream().filter(one -> one.status() == 201).findAny().orElseThrow().id();
    rotate(id, object("overlap_seconds", 60)).isProblem(409, "invalid_state");
    String successor = rotate(id, object()).is(201).id();
    merchant.delete("/v1/api-keys/" + successor).is(204);
    create("till", "ledger:read").is(201);
    create("till", "ledger:read").isProblem(409, "invalid_state");
  }

  @Test
  void handTheirExpiryOnHoweverOftenTheyAreRotated() {
    Answer old = expiring(3_600);
    rotate(old.id(), object("overlap_seconds", 60)).is(201);

    Answer again = rotate(old.id(), object("overlap_seconds", 60)).is(201);

    assertThat(again.text("/expires_at")).isEqualTo(old.text("/expires_at"));
    Answer lasting = create("till", "ledger:read").is(201);
    rotate(lasting.id(), object("overlap_seconds", 60)).is(201);
    assertThat(rotate(lasting.id(), object("overlap_seconds", 60)).is(201).body().has("expires_at"))
        .isFalse();
  }

  /** A fraction that a database would round up to the next second. */
  @Test
  void expireWhenTheySaidAlsoOnceStored() {
    String last = Instant.now().plusSeconds(3_600).truncatedTo(ChronoUnit.SECONDS).toString();
    Answer key = expiring(last.replace("Z", ".999999999Z"));

    assertThat(key.text("/expires_at")).isEqualTo(last.replace("Z", ".999Z"));
    assertThat(listed(key.id()).path("expires_at").asText()).isEqualTo(key.text("/expires_at"));
  }

  @Test
  void keepTheirExpiryWhenRotated() {
    Answer old = expiring(3_600);

    Answer successor = rotate(old.id(), object("overlap_seconds", 60)).is(201);

    assertThat(successor.text("/expires_at")).isEqualTo(old.text("/expires_at")).matches(TIME);
    assertThat(listed(old.id()).path("expires_at").asText()).isLessThan(old.text("/expires_at"));
  }

  @Test
  void canBeDeletedOnceTheyHaveExpired() {
    Answer old = create("till", "ledger:read").is(201);
    rotate(old.id(), object("overlap_seconds", 0)).is(201);
    assertThat(listed(old.id()).path("expires_at").asText()).matches(TIME);

    rotate(old.id(), object()).isProblem(404, "not_found");
    merchant.delete("/v1/api-keys/" + old.id()).is(204);

    merchant.get("/v1/api-keys/" + old.id()).isProblem(404, "not_found");
    merchant.delete("/v1/api-keys/" + old.id()).isProblem(404, "not_found");
  }

  @Test
  void mayRevokeThemselves() {
    Answer key = create("clerk", "keys:write").is(201);
    Client clerk = merchant.with(key.text("/secret"));

    clerk.delete("/v1/api-keys/" + key.id()).is(204);

    Answer refused = clerk.get("/v1/api-keys");
    refused.isProblem(401, "unauthorized");
  }

  @Test
  void showWhenTheyWereLastUsed() {
    Answer key = create("till", "ledger:read").is(201);
    assertThat(listed(key.id()).has("last_used_at")).isFalse();

    merchant.with(key.text("/secret")).get("/v1/accounts").is(200);

    Awaitility.await()
        .untilAsserted(
            () -> assertThat(listed(key.id()).path("last_used_at").asText()).matches(TIME));
    merchant.delete("/v1/api-keys/" + key.id()).is(204);
  }

  @Test
  void areListedNewestFirstWithoutTheirSecrets() {
    String secret = create("one", "ledger:read").is(201).text("/secret");
    create("two", "ledger:read").is(201);

    Answer page = merchant.get("/v1/api-keys?limit=2").is(200);
    Answer rest = merchant.get("/v1/api-keys?limit=2&cursor=" + page.text("/next_cursor")).is(200);

    assertThat(Json.texts(page.body().path("data"), "name")).containsExactly("two", "one");
    assertThat(page.body().path("has_more").asBoolean()).isTrue();
    assertThat(rest.body().path("data")).hasSize(1);
    assertThat(rest.body().path("has_more").asBoolean()).isFalse();
    assertThat(page.text()).doesNotContain(secret, "\"secret\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"name\":\"k\",\"scopes\":[\"money:print\"]}",
        "{\"name\":\"k\",\"scopes\":[]}",
        "{\"name\":\"k\",\"scopes\":[null]}",
        "{\"name\":\"k\"}",
        "{\"scopes\":[\"ledger:read\"]}",
        "{\"name\":\"\",\"scopes\":[\"ledger:read\"]}",
        "{\"name\":\"k\",\"scopes\":[\"ledger:read\"],\"expires_at\":\"2020-01-01T00:00:00Z\"}",
        "{\"name\":\"k\",\"scopes\":[\"ledger:read\"],\"expires_at\":\"tomorrow\"}",
        "{\"name\":\"k\",\"scopes\":[\"ledger:read\"],\"expires_at\":\"+999999999-01-01T00:00:00Z\"}"
      })
  void areNotMadeFromNonsense(String body) {
    merchant.call("POST", "/v1/api-keys").body(body).send().isProblem(400, "invalid_request");
    assertThat(merchant.get("/v1/api-keys").body().path("data")).hasSize(1);
  }

  @Test
  void areRefusedOnceTheyHaveExpired() {
    Client lasting = merchant.with(expiring(3_600).text("/secret"));
    Client fleeting = merchant.with(expiring(2).text("/secret"));

    lasting.get("/v1/accounts").is(200);
    Awaitility.await().untilAsserted(() -> refused(fleeting));
    lasting.get("/v1/accounts").is(200);
  }

  @Test
  void goOnWorkingForTheOverlapOfARotation() {
    Answer old = create("till", "ledger:read").is(201);
    Answer successor = rotate(old.id(), object("overlap_seconds", 3_600)).is(201);

    assertThat(successor.id()).isNotEqualTo(old.id());
    assertThat(successor.text("/name")).isEqualTo("till");
    assertThat(successor.body().path("scopes")).isEqualTo(old.body().path("scopes"));
    merchant.with(old.text("/secret")).get("/v1/accounts").is(200);
    merchant.with(successor.text("/secret")).get("/v1/accounts").is(200);
    assertThat(listed(old.id()).path("expires_at").asText()).matches(TIME);
  }

  @Test
  void endWithTheOverlapOfARotation() {
    Answer old = create("till", "ledger:read").is(201);
    Answer successor = rotate(old.id(), object("overlap_seconds", 1)).is(201);

    Awaitility.await().untilAsserted(() -> refused(merchant.with(old.text("/secret"))));
    merchant.with(successor.text("/secret")).get("/v1/accounts").is(200);
  }

  @Test
  void endAtOnceWhenRotatedWithoutAnOverlap() {
    Answer old = create("till", "ledger:read").is(201);
    merchant.with(old.text("/secret")).get("/v1/accounts").is(200);
    Answer successor = merchant.call("POST", "/v1/api-keys/" + old.id() + "/rotate").send().is(201);

    refused(merchant.with(old.text("/secret")));
    merchant.with(successor.text("/secret")).get("/v1/accounts").is(200);
  }

  @Test
  void areGoneOnceRevoked() {
    Answer key = create("till", "ledger:read").is(201);
    merchant.with(key.text("/secret")).get("/v1/accounts").is(200);

    merchant.delete("/v1/api-keys/" + key.id()).is(204);

    refused(merchant.with(key.text("/secret")));
    assertThat(merchant.get("/v1/api-keys").text()).doesNotContain(key.id());
    merchant.delete("/v1/api-keys/" + key.id()).isProblem(404, "not_found");
    rotate(key.id(), object()).isProblem(404, "not_found");
  }

  /** A look-up that runs while the revocation commits must not be remembered. */
  @RepeatedTest(5)
  void areRefusedAtOnceWhenRevokedInTheMiddleOfTheirUse() {
    Answer key = create("till", "ledger:read").is(201);
    Client till = merchant.with(key.text("/secret"));
    var revoked = new AtomicBoolean();
    try (var users = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 4; i++) {
        CompletableFuture.runAsync(
            () -> {
              while (!revoked.get()) {
                till.get("/v1/transfers/none");
              }
            },
            users);
      }
      try {
        merchant.delete("/v1/api-keys/" + key.id()).is(204);
        refused(till);
      } finally {
        revoked.set(true);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Basic ", "", "Bearer: ", "Token ", "Bearer x"})
  void areRefusedUnderAnyOtherScheme(String scheme) {
    Answer answer =
        merchant
            .anonymous()
            .call("GET", "/v1/accounts")
            .header("Authorization", scheme + merchant.secret())
            .send();

    answer.isProblem(401, "unauthorized");
    assertThat(answer.header("WWW-Authenticate")).contains("Bearer");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bearer ", "BEARER "})
  void areTakenHoweverTheSchemeIsWritten(String scheme) {
    merchant
        .anonymous()
        .call("GET", "/v1/accounts")
        .header("Authorization", scheme + merchant.secret())
        .send()
        .is(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Bearer", "Bearer "})
  void areNotReplacedByNothing(String authorization) {
    Call call = merchant.anonymous().call("GET", "/v1/accounts");
    Answer answer = call.header("Authorization", authorization).send();

    answer.isProblem(401, "unauthorized");
    assertThat(answer.header("WWW-Authenticate")).contains("Bearer");
  }

  @Test
  void ofTheOperatorDoNotOpenAMerchantsBooks() {
    operator.get("/v1/accounts").isProblem(401, "unauthorized");
    merchant.post("/v1/merchants", object("name", "m")).isProblem(403, "insufficient_scope");
  }

  private Answer create(String name, String... scopes) {
    return merchant.post("/v1/api-keys", object("name", name, "scopes", List.of(scopes)));
  }

  private Answer expiring(long seconds) {
    return expiring(Instant.now().plusSeconds(seconds).toString());
  }

  private Answer expiring(String at) {
    return merchant
        .post(
            "/v1/api-keys",
            object("name", "guest", "scopes", List.of("ledger:read"), "expires_at", at))
        .is(201);
  }

  private Answer rotate(String id, JsonNode body) {
    return merchant.post("/v1/api-keys/" + id + "/rotate", body);
  }

  private JsonNode listed(String id) {
    for (JsonNode key : merchant.get("/v1/api-keys").is(200).body().path("data")) {
      if (key.path("id").asText().equals(id)) {
        return key;
      }
    }
    throw new AssertionError(id + " is not listed");
  }

  private static void refused(Client client) {
    Answer answer = client.get("/v1/accounts");
    answer.isProblem(401, "unauthorized");
    assertThat(answer.header("WWW-Authenticate")).contains("Bearer");
  }

  @Test
  void acceptsAKeyWithAScopeThatOnlyANewerVersionKnows() {
    Answer key =
        merchant
            .post(
                "/v1/api-keys",
                object("name", "grown", "scopes", Json.array("payments:read", "keys:write")))
            .is(201);
    jdbc.sql("update api_keys set scopes = scopes || ' moon:write' where name = 'grown'").update();
    Client holder = merchant.with(key.text("/secret"));

    holder.get("/v1/payments").is(200);
    holder.get("/v1/accounts").isProblem(403, "insufficient_scope");
    merchant.get("/v1/api-keys").is(200);
    Answer rotated = holder.post("/v1/api-keys/" + key.id() + "/rotate", object()).is(201);

    holder.with(rotated.text("/secret")).get("/v1/payments").is(200);
    assertThat(
            jdbc.sql("select count(*) from api_keys where scopes like '%moon:write'")
                .query(Long.class)
                .single())
        .isEqualTo(2);
    jdbc.sql("delete from api_keys where scopes like '%moon:write'").update();
  }
}
