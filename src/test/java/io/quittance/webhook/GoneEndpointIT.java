package io.quittance.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quittance.testing.EventReceiver;
import io.quittance.testing.EventReceiver.Manner;
import io.quittance.testing.LedgerAudit;
import io.quittance.testing.Merchant;
import io.quittance.testing.Postgres;
import io.quittance.testing.Proves;
import io.quittance.testing.ServiceProcess;
import io.quittance.web.TypeId;
import java.io.IOException;
import java.net.URI;
import java.sql.Connection;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** An endpoint that is gone, and cannot be disabled because the audit log is locked. */
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {
      "quittance.operator-key=" + ServiceProcess.OPERATOR_KEY,
      "quittance.notification.allow-loopback=true"
    })
@ActiveProfiles("sandbox")
class GoneEndpointIT {

  private static final int PAYMENTS = 20;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final Postgres.Database SERVER = Postgres.create();

  @DynamicPropertySource
  static void database(DynamicPropertyRegistry registry) {
    SERVER.provideTo(registry);
  }

  @LocalServerPort private int port;
  private final EventReceiver receiver = new EventReceiver();
  private final LedgerAudit database = new LedgerAudit(SERVER);

  @AfterEach
  void close() {
    receiver.close();
  }

  @Test
  @Proves("`audit_log` is locked")
  void keepsNoOutcomeOfOthersWaitingAndIsDisabledByALaterAttempt() throws Exception {
    Merchant leaving = withAccounts();
    UUID gone = endpoint(leaving, receiver.open("/gone", _ -> Manner.ANSWER_410));
    Merchant other = withAccounts();
    UUID healthy = endpoint(other, receiver.open("/healthy", _ -> Manner.ACCEPT));

    try (Connection lock = SERVER.locking("lock table audit_log in access exclusive mode")) {
      pay(leaving);
      await().atMost(PATIENCE).until(() -> !receiver.attempts("/gone").isEmpty());
      for (int i = 0; i < PAYMENTS; i++) {
        pay(other);
      }
      await().atMost(PATIENCE).until(() -> deliveries(healthy, "delivered") == PAYMENTS);
      await().atMost(PATIENCE).until(() -> attempts(gone) > 0);
      assertThat(enabled(gone)).isTrue();
      lock.rollback();
    }
    pay(leaving);

    await().atMost(PATIENCE).until(() -> !enabled(gone));
    assertThat(
            database.number(
                "select count(*) from audit_log where action = 'webhook_endpoint.disabled'"))
        .isEqualTo(1);
    await().atMost(PATIENCE).until(() -> deliveries(gone, "dead") > 0);
    assertThat(receiver.attempts("/healthy")).hasSize(PAYMENTS);
  }

  private Merchant withAccounts() throws IOException, InterruptedException {
    Merchant owner = Merchant.register(uri());
    owner.openAccounts(uri(), 1, 1_000);
    return owner;
  }

  private UUID endpoint(Merchant owner, String url) throws IOException, InterruptedException {
    String body = "{\"url\":\"%s\",\"events\":[\"payment.succeeded\"]}".formatted(url);
    String id = owner.post(uri(), "/v1/webhook-endpoints", null, body).body().path("id").asText();
    return TypeId.require("whe", id);
  }

  private void pay(Merchant payer) throws IOException, InterruptedException {
    String key = UUID.randomUUID().toString();
    String body = Merchant.payment(1, "a0", "shop");
    assertThat(payer.post(uri(), "/v1/payments", key, body).status()).isEqualTo(201);
  }

  private long attempts(UUID endpoint) {
    return database.number(
        """
        select count(*) from delivery_attempts a join deliveries d
            on d.merchant_id = a.merchant_id and d.id = a.delivery_id
         where d.endpoint_id = '%s'
        """
            .formatted(endpoint));
  }

  private long deliveries(UUID endpoint, String state) {
    return database.number(
        "select count(*) from deliveries where endpoint_id = '%s' and state = '%s'"
            .formatted(endpoint, state));
  }

  private boolean enabled(UUID endpoint) {
    return database.number(
            "select count(*) from webhook_endpoints where id = '%s' and enabled"
                .formatted(endpoint))
        == 1;
  }

  private URI uri() {
    return URI.create("http://127.0.0.1:" + port);
  }
}
