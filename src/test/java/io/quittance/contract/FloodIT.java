package io.quittance.contract;

import static io.quittance.contract.Client.order;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.testing.Postgres;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
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
  private static final int PATIENT_MS = 20_000;

  @DynamicPropertySource
  static void database(DynamicPropertyRegistry registry) {
    Postgres.Database database = Postgres.create();
    registry.add("spring.datasource.url", database::url);
    registry.add("spring.datasource.username", () -> Postgres.Database.USER);
    registry.add("spring.datasource.password", () -> Postgres.Database.PASSWORD);
  }

  @Autowired private MeterRegistry registry;

  @Test
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
  void ofHalfSentBodiesTakesNoPlaceFromOthers() throws IOException {
    Client dripping = limitedTo(merchant, "payments:write");
    List<RawHttp> connections = new ArrayList<>();
    try {
      for (int i = 0; i < HALF_SENT; i++) {
        connections.add(halfSent(dripping));
      }
      // Each comes to 16 KB and a body.
      Awaitility.await()
          .until(
              () ->
                  registry.get("quittance.admission.half.sent").gauge().value()
                      > HALF_SENT * 16 * 1024);

      for (int i = 0; i < PAYMENTS; i++) {
        merchant.payment(order(1, "alice", "shop")).deadline(PATIENT_MS).send().is(201);
        dripping.payment(order(1, "alice", "shop")).deadline(PATIENT_MS).send().is(201);
      }
      assertThat(connections).allSatisfy(one -> assertThat(one.heard()).isZero());
    } finally {
      for (RawHttp connection : connections) {
        connection.close();
      }
    }
    moved(2L * PAYMENTS);
  }

  private static RawHttp halfSent(Client client) throws IOException {
    return new RawHttp(client.service())
        .say(
            "POST /v1/payments HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                + "Authorization: Bearer %s\r\nContent-Length: 100\r\n\r\n{"
                    .formatted(client.secret()));
  }
}
