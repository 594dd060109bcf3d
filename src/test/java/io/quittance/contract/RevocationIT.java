package io.quittance.contract;

import static io.quittance.contract.Json.array;
import static io.quittance.contract.Json.object;

import io.quittance.QuittanceApplication;
import io.quittance.testing.Postgres;
import java.net.URI;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** A key that one replica revokes ends on the others, too, while it is in use there. */
class RevocationIT {

  /** The time to live of what is remembered, and room for a slow machine. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static ConfigurableApplicationContext one;
  private static ConfigurableApplicationContext other;

  @BeforeAll
  static void start() {
    Postgres.Database database = Postgres.create();
    one = replica(database);
    other = replica(database);
  }

  private static ConfigurableApplicationContext replica(Postgres.Database database) {
    return new SpringApplicationBuilder(QuittanceApplication.class)
        .profiles("sandbox")
        .run(
            "--server.port=0",
            "--spring.jmx.enabled=false",
            "--quittance.operator-key=" + Contract.OPERATOR_KEY,
            "--spring.datasource.url=" + database.url(),
            "--spring.datasource.username=" + Postgres.Database.USER,
            "--spring.datasource.password=" + Postgres.Database.PASSWORD);
  }

  private static Client on(ConfigurableApplicationContext replica, String secret) {
    String port = replica.getEnvironment().getRequiredProperty("local.server.port");
    return new Client(URI.create("http://127.0.0.1:" + port), secret);
  }

  @AfterAll
  static void stop() {
    one.close();
    other.close();
  }

  @Test
  void takesEffectOnEveryReplica() {
    String owner =
        on(one, Contract.OPERATOR_KEY)
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
}
