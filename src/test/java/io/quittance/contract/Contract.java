package io.quittance.contract;

import static io.quittance.contract.Client.move;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.testing.Sandbox;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/**
 * The REST contract, seen from outside. Each test has a merchant of its own with the accounts
 * {@code world} (external), {@code alice} (100 000 EUR cents) and {@code shop} (nothing), and ends
 * with a look at the books.
 */
abstract class Contract {

  static final String OPERATOR_KEY = Sandbox.OPERATOR_KEY;

  /** RFC 3339 in UTC with milliseconds. */
  static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z";

  static final long FUNDS = 100_000;

  @LocalServerPort private int port;
  @Autowired private CircuitBreakerRegistry breakers;
  @Autowired private DataSource database;
  @Autowired private MeterRegistry registry;

  Client operator;
  Client merchant;

  @BeforeEach
  void openForBusiness() {
    operator = new Client(URI.create("http://127.0.0.1:" + port), OPERATOR_KEY);
    merchant = newMerchant();
  }

  @AfterEach
  void closeTheBooks() {
    heal();
    for (JsonNode currency : trialBalance(merchant)) {
      assertThat(currency.path("balanced").asBoolean()).as("trial balance: %s", currency).isTrue();
    }
  }

  /** Ends all faults, and what is remembered of them. */
  void heal() {
    merchant.noFaults();
    breakers.getAllCircuitBreakers().forEach(CircuitBreaker::reset);
  }

  /** A merchant with accounts and money. */
  Client newMerchant() {
    return newMerchant(object("name", "a test"));
  }

  /** As {@link #newMerchant()}, registered with a body of its own. */
  Client newMerchant(JsonNode body) {
    Answer registered = operator.post("/v1/merchants", body).is(201);
    Client client = operator.with(registered.text("/api_key/secret"));
    client.put("/v1/accounts/world", object("currency", "EUR", "kind", "external")).is(201);
    client.open("alice");
    client.transfer(move(FUNDS, "world", "alice")).send().is(201);
    client.open("shop");
    return client;
  }

  /** A client of this merchant whose key has these scopes only. */
  Client limitedTo(Client client, String... scopes) {
    Answer key =
        client.post(
            "/v1/api-keys", object("name", "limited", "scopes", Json.array((Object[]) scopes)));
    return client.with(key.is(201).text("/secret"));
  }

  /**
   * While another transaction holds the locks that a statement takes, as of a replica that hangs.
   */
  void whileHolding(String sql, Runnable test) {
    try (Connection hanging = database.getConnection();
        Statement statement = hanging.createStatement()) {
      hanging.setAutoCommit(false);
      if (hanging.getMetaData().getDatabaseProductName().equals("PostgreSQL")) {
        statement.execute("set local idle_in_transaction_session_timeout = 0");
      }
      statement.execute(sql);
      try {
        test.run();
      } finally {
        hanging.rollback();
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  static JsonNode trialBalance(Client client) {
    JsonNode body = client.get("/v1/ledger/trial-balance").is(200).body();
    return body.isArray() ? body : body.path("data");
  }

  /** How many answers of an operation were later than their deadline. */
  double missed(String operation) {
    return registry
        .get("quittance.deadline.answers")
        .tags("operation", operation, "result", "missed")
        .counter()
        .count();
  }

  /** How many answers of an operation could not say what its outcome is. */
  double unknown(String operation) {
    return registry.get("quittance.unknown.outcomes").tag("operation", operation).counter().count();
  }

  /** Nothing of alice's money has moved or is held. */
  void nothingMoved() {
    assertThat(merchant.balance("alice", "posted")).isEqualTo(FUNDS);
    assertThat(merchant.balance("alice", "available")).isEqualTo(FUNDS);
    assertThat(merchant.balance("alice", "pending_out")).isZero();
    assertThat(merchant.balance("shop", "posted")).isZero();
    assertThat(merchant.balance("shop", "pending_in")).isZero();
  }

  /** A payment of this amount, and nothing else, has gone from alice to shop. */
  void moved(long amount) {
    assertThat(merchant.balance("alice", "posted")).isEqualTo(FUNDS - amount);
    assertThat(merchant.balance("alice", "available")).isEqualTo(FUNDS - amount);
    assertThat(merchant.balance("shop", "posted")).isEqualTo(amount);
    assertThat(merchant.balance("shop", "pending_in")).isZero();
  }

  /** This amount of alice's is on hold for shop. */
  void held(long amount) {
    assertThat(merchant.balance("alice", "posted")).isEqualTo(FUNDS);
    assertThat(merchant.balance("alice", "pending_out")).isEqualTo(amount);
    assertThat(merchant.balance("alice", "available")).isEqualTo(FUNDS - amount);
    assertThat(merchant.balance("shop", "posted")).isZero();
    assertThat(merchant.balance("shop", "pending_in")).isEqualTo(amount);
  }
}
