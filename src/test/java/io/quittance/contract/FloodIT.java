package io.quittance.contract;

import static io.quittance.contract.Client.order;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.testing.Postgres;
import io.quittance.testing.Proves;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntFunction;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** A service with little room: what one merchant, or one key, does to the others. */
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {
      "quittance.operator-key=" + Contract.OPERATOR_KEY,
      "quittance.rate-limit.enabled=false",
      "quittance.admission.floor=8",
      "quittance.admission.ceiling=8",
      "quittance.admission.half-sent=8MB",
      "quittance.journal.lanes=1",
      "quittance.access.timeout=20s",
      "quittance.web.body-limit=60s",
      "server.tomcat.connection-timeout=60s"
    })
@ActiveProfiles("sandbox")
class FloodIT extends Contract {

  private static final int PAYMENTS = 50;

  /** Requests at once: three times what there is room for. */
  private static final int FLOOD = 24;

  private static final int HALF_SENT = 100;

  /** Fifteen times what a quarter of the 8 MB has room for. */
  private static final int MANY_HALF_SENT = 1_900;

  private static final int SHORT_BYTES = 100;

  private static final int UNKNOWN_KEYS = 5;

  /** Shorter than half-sent bodies are waited for here. */
  private static final Duration SETTLED_MAX = Duration.ofSeconds(30);

  /** One more than the quarter of the 8 MB has room for, at 16 KB and the body's length each. */
  private static final int TOO_MANY_LONG = 28;

  private static final int LONG_BYTES = 60_000;
  private static final int PATIENT_MS = 20_000;

  /** Far less than half-sent bodies are waited for here. */
  private static final int IMPATIENT_MS = 5_000;

  @DynamicPropertySource
  static void database(DynamicPropertyRegistry registry) {
    Postgres.Database database = Postgres.create();
    database.provideTo(registry);
  }

  @Autowired private MeterRegistry registry;

  @Test
  @Proves("one merchant sends more")
  void ofOneMerchantCostsTheOthersNoPayment() {
    Client flooding = newMerchant();
    merchant.fault("ledger", "latency_ms", 20);
    var over = new AtomicBoolean();
    var refused = new LongAdder();
    try (var senders = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < FLOOD; i++) {
        senders.submit(
            () -> {
              while (!over.get()) {
                if (flooding.pay(1, "world", "shop").status() == 503) {
                  refused.increment();
                }
              }
            });
      }
      try {
        Awaitility.await().until(() -> refused.sum() > 100);

        for (int i = 0; i < PAYMENTS; i++) {
          merchant.payment(order(1, "alice", "shop")).deadline(PATIENT_MS).send().is(201);
        }
      } finally {
        over.set(true);
      }
    }
    moved(PAYMENTS);
  }

  @Test
  @Proves("bodies arrive slowly")
  void ofHalfSentBodiesTakesNoPlaceFromOthers() throws IOException {
    Client dripping = limitedTo(merchant, "payments:write");
    List<RawHttp> connections = new ArrayList<>();
    try {
      for (int i = 0; i < HALF_SENT; i++) {
        connections.add(halfSent(dripping, SHORT_BYTES));
      }
      // Each comes to 16 KB and a body.
      Awaitility.await().until(() -> halfSentBytes() > HALF_SENT * 16 * 1024);

      for (int i = 0; i < PAYMENTS; i++) {
        merchant.payment(order(1, "alice", "shop")).deadline(PATIENT_MS).send().is(201);
        dripping.payment(order(1, "alice", "shop")).deadline(PATIENT_MS).send().is(201);
      }
      assertThat(connections).allSatisfy(one -> assertThat(one.heard()).isZero());
    } finally {
      close(connections);
    }
    moved(2L * PAYMENTS);
  }

  /** A quarter of the memory for half-sent bodies is for one key. */
  @Test
  @Proves("bodies arrive slowly")
  void ofHalfSentBodiesIsRefusedToItsKey() throws IOException {
    Client dripping = limitedTo(merchant, "payments:write");
    dripping.pay(1, "alice", "shop").is(201); // The key is known now.
    List<RawHttp> connections = new ArrayList<>();
    try {
      for (int i = 0; i < TOO_MANY_LONG; i++) {
        connections.add(halfSent(dripping, LONG_BYTES));
      }

      List<RawHttp> refused =
          Awaitility.await().until(() -> refused(connections), found -> !found.isEmpty());
      String answer = answer(refused.getFirst());
      RawHttp.assertProblem(answer, 503, "overloaded");
      assertThat(answer).containsPattern("(?i)retry-after: [1-9]");
      assertThat(refused).hasSize(1);
      dripping.pay(1, "alice", "shop").is(201);
    } finally {
      close(connections);
    }
    moved(2);
  }

  @Test
  void ofOneKnownKeysHalfSentBodiesIsRefusedToNoUnknownKey() throws IOException {
    Client flooding = newMerchant();

    unknownKeysPayDuring(_ -> flooding);
  }

  /** Each key is new on this replica, as all are after its start. */
  @Test
  void ofOneUnknownKeysHalfSentBodiesIsRefusedToNoOther() throws IOException {
    Client flooding = limitedTo(newMerchant(), "payments:write");

    unknownKeysPayDuring(_ -> flooding);
  }

  @Test
  void ofHalfSentBodiesWithOneWrongKeyIsRefusedToNoUnknownKey() throws IOException {
    Client flooding = merchant.with("qt_wrong");

    unknownKeysPayDuring(_ -> flooding);
  }

  @Test
  void ofHalfSentBodiesWithManyWrongKeysIsRefusedToNoUnknownKey() throws IOException {
    unknownKeysPayDuring(_ -> merchant.with("qt_" + UUID.randomUUID()));
  }

  @Test
  void ofHalfSentBodiesWithoutAKeyIsRefusedToNoUnknownKey() throws IOException {
    unknownKeysPayDuring(_ -> merchant.anonymous());
  }

  /**
   * While many bodies of these clients are half sent, payments are made with keys that this replica
   * has not seen, and whose bodies arrive after their heads.
   */
  private void unknownKeysPayDuring(IntFunction<Client> flooding) throws IOException {
    List<Client> paying = new ArrayList<>();
    for (int i = 0; i < UNKNOWN_KEYS; i++) {
      paying.add(limitedTo(merchant, "payments:write"));
    }
    List<RawHttp> connections = new ArrayList<>();
    try {
      for (int i = 0; i < MANY_HALF_SENT; i++) {
        connections.add(halfSent(flooding.apply(i), SHORT_BYTES));
      }
      Awaitility.await()
          .atMost(SETTLED_MAX)
          .until(() -> held(SHORT_BYTES) + refused(connections).size() == MANY_HALF_SENT);

      for (Client client : paying) {
        assertThat(paySlowly(client)).startsWith("HTTP/1.1 201");
      }
    } finally {
      close(connections);
    }
    moved(UNKNOWN_KEYS);
  }

  /** Sends the body once the head was read; returns the answer. */
  private String paySlowly(Client client) throws IOException {
    String body = order(1, "alice", "shop").toString();
    double before = halfSentBytes();
    try (var connection = new RawHttp(client.service())) {
      connection.say(
          head(client, body.length())
              + "Idempotency-Key: %s\r\nPayment-Deadline-Ms: %d\r\n\r\n"
                  .formatted(UUID.randomUUID(), IMPATIENT_MS));
      Awaitility.await().until(() -> halfSentBytes() > before || connection.heard() > 0);
      return answer(connection.heard() > 0 ? connection : connection.say(body));
    }
  }

  /** A whole answer; the connection may stay open. */
  private static String answer(RawHttp connection) throws IOException {
    String answer = "";
    while (!answer.endsWith("}")) {
      answer += connection.sip(8192);
    }
    return answer;
  }

  private static List<RawHttp> refused(List<RawHttp> connections) throws IOException {
    List<RawHttp> refused = new ArrayList<>();
    for (RawHttp connection : connections) {
      if (connection.heard() > 0) {
        refused.add(connection);
      }
    }
    return refused;
  }

  /** Requests that are cut are under way for a moment. */
  private void close(List<RawHttp> connections) throws IOException {
    for (RawHttp connection : connections) {
      connection.close();
    }
    Awaitility.await().until(() -> halfSentBytes() == 0);
    Awaitility.await().until(() -> merchant.get("/v1/accounts").status() == 200);
  }

  private double halfSentBytes() {
    return registry.get("quittance.admission.half.sent").gauge().value();
  }

  /** How many bodies of this length are half sent. */
  private long held(int length) {
    return Math.round(halfSentBytes() / (16 * 1024 + length));
  }

  private static RawHttp halfSent(Client client, int length) throws IOException {
    return new RawHttp(client.service()).say(head(client, length) + "\r\n{");
  }

  /** The first lines of a payment's head. */
  private static String head(Client client, int length) {
    return "POST /v1/payments HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        + "Content-Length: %d\r\n".formatted(length)
        + (client.secret().isEmpty() ? "" : "Authorization: Bearer " + client.secret() + "\r\n");
  }
}
