package io.quittance.contract;

import static io.quittance.contract.Json.array;
import static io.quittance.contract.Json.object;

import io.quittance.testing.Postgres;
import io.quittance.testing.Proves;
import io.quittance.testing.Sandbox;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A key that one replica revokes, or whose merchant it disables, ends on the others, too. */
class RevocationIT {

  /** The time to live of what is remembered, and room for a slow machine. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static Sandbox one;
  private static Sandbox other;

  @BeforeAll
  static void start() {
    Postgres.Database database = Postgres.create();
    one = Sandbox.on(database);
    other = Sandbox.on(database);
  }

  private static Client on(Sandbox replica, String secret) {
    return new Client(replica.uri(), secret);
  }

  @AfterAll
  static void stop() {
    one.close();
    other.close();
  }

  @Test
  void takesEffectOnEveryReplica() {
    String owner =
        on(one, Sandbox.OPERATOR_KEY)
            .post("/v1/merchants", object("name", "m"))
            .is(201)
            .text("/api_key/secret");
    Answer key =
        on(one, owner)
            .post("/v1/api-keys", object("name", "till", "scopes", array("ledger:read")))
            .is(201);
    Client there = on(other, key.text("/secret"));
    there.get("/v1/accounts").is(200);

    on(one, owner).delete("/v1/api-keys/" + key.id()).is(204);

    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(() -> there.get("/v1/accounts").isProblem(401, "unauthorized"));
  }

  @Test
  @Proves("the operator has disabled")
  void disablesAMerchantOnEveryReplica() {
    Client operator = on(one, Sandbox.OPERATOR_KEY);
    Answer merchant = operator.post("/v1/merchants", object("name", "m")).is(201);
    Client there = on(other, merchant.text("/api_key/secret"));
    there.get("/v1/accounts").is(200);

    operator.patch("/v1/merchants/" + merchant.id(), object("enabled", false)).is(200);

    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(() -> there.get("/v1/accounts").isProblem(403, "merchant_disabled"));
  }

  @Test
  void aSessionOpenedOnOneReplicaIsKnownToTheOthersAndEndsThere() {
    String owner =
        on(one, Sandbox.OPERATOR_KEY)
            .post("/v1/merchants", object("name", "m"))
            .is(201)
            .text("/api_key/secret");
    String cookie =
        on(one, "")
            .call("POST", "/console/session")
            .header("X-Quittance-Console", "1")
            .body(object("key", owner))
            .send()
            .is(204)
            .header("Set-Cookie")
            .orElseThrow()
            .replaceFirst(";.*", "");
    Call there = on(other, "").call("GET", "/v1/accounts").header("Cookie", cookie);
    there.send().is(200);

    on(one, "")
        .call("DELETE", "/console/session")
        .header("X-Quittance-Console", "1")
        .header("Cookie", cookie)
        .send()
        .is(204);

    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(() -> there.send().isProblem(401, "unauthorized"));
  }
}
