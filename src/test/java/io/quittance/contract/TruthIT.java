package io.quittance.contract;

import static io.quittance.contract.Client.move;
import static io.quittance.contract.Client.order;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quittance.testing.LedgerAudit;
import io.quittance.testing.Postgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** An answer is true, and stays so, also when the database does not let everything be read. */
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = "quittance.operator-key=" + Contract.OPERATOR_KEY)
@ActiveProfiles("sandbox")
class TruthIT extends Contract {

  private static final Postgres.Database DATABASE = Postgres.create();

  @DynamicPropertySource
  static void database(DynamicPropertyRegistry registry) {
    registry.add(
        "spring.datasource.url",
        () -> DATABASE.url() + "&options=-c%20lock_timeout=200ms%20-c%20statement_timeout=10s");
    registry.add("spring.datasource.username", () -> Postgres.Database.USER);
    registry.add("spring.datasource.password", () -> Postgres.Database.PASSWORD);
  }

  @AfterAll
  static void auditTheBooks() {
    new LedgerAudit(DATABASE).passes();
  }

  /** Nobody else reads or writes the table until this is closed. */
  private static Connection lock(String table) throws SQLException {
    return holding("lock table " + table + " in access exclusive mode");
  }

  private static Connection holding(String locks) throws SQLException {
    Connection connection = DATABASE.dataSource().getConnection();
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute(locks);
    }
    return connection;
  }

  @Test
  void doesNotSayThatNothingMovedWhenARepetitionCannotBeRead() throws SQLException {
    String held = merchant.authorize(10, "alice", "shop");
    Call capture = merchant.operation(held, "captures");
    Call payment = merchant.payment(order(5, "alice", "shop"));
    Call transfer = merchant.transfer(move(1, "alice", "shop"));
    String captured = capture.send().is(201).id();
    String paid = payment.send().is(201).id();
    String transferred = transfer.send().is(201).id();

    for (String table : List.of("payments", "transfers", "captures", "idempotency_keys")) {
      try (var _ = lock(table)) {
        for (Call repetition : List.of(capture, payment, transfer)) {
          Answer answer = repetition.send();
          if (answer.status() >= 300) {
            assertThat(answer.text("/outcome")).as(answer.toString()).isEqualTo("unknown");
            assertThat(Instant.parse(answer.text("/resolves_by"))).isAfter(Instant.now());
          }
        }
      }
    }

    assertThat(capture.send().is(201).id()).isEqualTo(captured);
    assertThat(payment.send().is(201).id()).isEqualTo(paid);
    assertThat(transfer.send().is(201).id()).isEqualTo(transferred);
    moved(16);
  }

  @Test
  void leavesAKeyFreeThatItPromisedToBeFree() throws SQLException {
    Call payment = merchant.payment(order(5, "alice", "shop")).deadline(100);
    merchant.fault("ledger", "hang", true);

    Answer refused;
    try (var _ = lock("payments")) {
      refused = payment.send().isProblem(504, "deadline_exceeded").movedNothing();
    }

    assertThat(refused.text("/payment_id")).isEmpty();
    merchant.noFaults();
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(merchant.transfer(move(1, "alice", "shop")).send().status())
                    .isEqualTo(201));
    assertThat(merchant.get("/v1/payments").body().path("data")).isEmpty();
    assertThat(merchant.get("/v1/events").body().path("data")).isEmpty();
    Answer paid = payment.deadline(5_000).send().is(201);
    assertThat(paid.header("Idempotent-Replayed")).isEmpty();
    assertThat(merchant.events(paid.id()))
        .extracting(TruthIT::type)
        .containsExactly("payment.succeeded");
  }

  @Test
  void tellsTheEndOfAPaymentThatNeverCameToItsTurn() throws SQLException {
    Call payment = merchant.payment(order(5, "alice", "shop")).deadline(200);

    Answer refused;
    try (var _ = holding("select 1 from accounts where id = 'alice' for update")) {
      refused = payment.send().isProblem(504, "deadline_exceeded").movedNothing();
    }

    String id = refused.text("/payment_id");
    assertThat(merchant.find(id).text("/status")).isEqualTo("failed");
    Answer again = payment.send().isProblem(504, "deadline_exceeded");
    assertThat(again.text("/payment_id")).isEqualTo(id);
    nothingMoved();
  }

  private static String type(JsonNode event) {
    return event.path("type").asText();
  }
}
