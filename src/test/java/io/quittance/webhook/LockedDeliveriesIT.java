package io.quittance.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import io.quittance.testing.EventReceiver;
import io.quittance.testing.EventReceiver.Attempt;
import io.quittance.testing.EventReceiver.Manner;
import io.quittance.testing.LedgerAudit;
import io.quittance.testing.Merchant;
import io.quittance.testing.Merchant.Answer;
import io.quittance.testing.Postgres;
import io.quittance.testing.Proves;
import io.quittance.testing.ServiceProcess;
import java.io.IOException;
import java.net.URI;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Deliveries that are locked for all who write, as when an index is built on them. */
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {
      "quittance.operator-key=" + ServiceProcess.OPERATOR_KEY,
      "quittance.journal.lanes=1",
      "quittance.notification.allow-loopback=true"
    })
@ActiveProfiles("sandbox")
class LockedDeliveriesIT {

  private static final int LATE_MS = 1_000;
  private static final int PATIENT_MS = 20_000;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** As if its receiver had not taken it. */
  private static final String SENT_AGAIN =
      "update deliveries set state = 'pending', attempts = 0, delivered_at = null,"
          + " next_attempt_at = current_timestamp";

  private static final Postgres.Database SERVER = Postgres.create();

  @DynamicPropertySource
  static void database(DynamicPropertyRegistry registry) {
    SERVER.provideTo(registry);
  }

  @LocalServerPort private int port;

  /** Outside of a request, it lends the connections of jobs. */
  @Autowired private DataSource jobs;

  private final EventReceiver receiver = new EventReceiver();
  private final LedgerAudit database = new LedgerAudit(SERVER);
  private final JdbcTemplate jdbc = new JdbcTemplate(SERVER.dataSource());
  private final CountDownLatch underWay = new CountDownLatch(1);
  private final CountDownLatch locked = new CountDownLatch(1);

  @AfterEach
  void close() {
    locked.countDown();
    receiver.close();
  }

  @Test
  @Proves({"`deliveries` is locked", "a table or rows are locked that an operation writes"})
  void keepWhatHasEventsWaitingAndNothingElse() throws Exception {
    Merchant notified = withAccounts();
    endpoint(notified, receiver.open("/notified", _ -> Manner.ACCEPT));
    assertThat(pay(notified, PATIENT_MS).status()).isEqualTo(201);
    awaitNumber("select count(*) from deliveries where state = 'delivered'", 1);
    jdbc.update("update webhook_endpoints set closed_until = current_timestamp + interval '1 h'");
    jdbc.update(SENT_AGAIN);
    Merchant slow = withAccounts();
    endpoint(slow, receiver.open("/slow", _ -> acceptOnceLocked()));
    assertThat(pay(slow, PATIENT_MS).status()).isEqualTo(201);
    underWay.await();
    Merchant other = withAccounts();

    try (Connection lock = SERVER.locking("lock table deliveries in share mode")) {
      locked.countDown();
      jdbc.update("update webhook_endpoints set closed_until = null");

      for (Merchant payer : List.of(notified, other)) {
        Answer late = pay(payer, LATE_MS);
        assertThat(late.status()).isIn(202, 504);
        assertThat(late.body().path("outcome").asText())
            .isEqualTo(late.status() == 202 ? "unknown" : "none");
        assertThat(transfer(payer).status()).isEqualTo(201);
      }
      for (String change : List.of("%set state = %", "%set next_attempt_at = %")) {
        awaitWaiting(change);
        assertThatCode(() -> jobs.getConnection().close()).doesNotThrowAnyException();
      }
      lock.rollback();
    }

    awaitNumber("select count(*) from deliveries where state = 'pending'", 0);
    assertThat(times("/slow")).isOne();
    assertThat(times("/notified")).isEqualTo(2);
    for (Merchant payer : List.of(notified, other)) {
      assertThat(pay(payer, PATIENT_MS).status()).isEqualTo(201);
    }
    database.passes();
  }

  /** How often the first event at a path was sent. */
  private long times(String path) {
    List<Attempt> attempts = receiver.attempts(path);
    String first = attempts.getFirst().eventId();
    return attempts.stream().filter(attempt -> attempt.eventId().equals(first)).count();
  }

  private Manner acceptOnceLocked() {
    underWay.countDown();
    try {
      locked.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Manner.ACCEPT;
  }

  private void awaitNumber(String sql, long number) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(database.number(sql)).isEqualTo(number));
  }

  /** Until a statement waits for a lock, which it does for a tenth of a second at a time. */
  private void awaitWaiting(String statement) {
    await()
        .pollInterval(Duration.ofMillis(20))
        .atMost(PATIENCE)
        .until(
            () ->
                database.number(
                        "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
                            + " and query like 'update deliveries%s'".formatted(statement))
                    > 0);
  }

  private Merchant withAccounts() throws IOException, InterruptedException {
    Merchant owner = Merchant.register(uri());
    owner.openAccounts(uri(), 1, 1_000);
    return owner;
  }

  private void endpoint(Merchant owner, String url) throws IOException, InterruptedException {
    String body = "{\"url\":\"%s\",\"events\":[\"*\"]}".formatted(url);
    assertThat(owner.post(uri(), "/v1/webhook-endpoints", null, body).status()).isEqualTo(201);
  }

  private Answer pay(Merchant payer, int deadlineMs) throws IOException, InterruptedException {
    return payer.post(
        uri(),
        "/v1/payments",
        Merchant.payment(1, "a0", "shop"),
        Map.of(
            "Idempotency-Key",
            UUID.randomUUID().toString(),
            "Payment-Deadline-Ms",
            Integer.toString(deadlineMs)));
  }

  private Answer transfer(Merchant payer) throws IOException, InterruptedException {
    String body = "{\"from\":\"a0\",\"to\":\"shop\",\"amount\":1,\"currency\":\"EUR\"}";
    return payer.post(uri(), "/v1/transfers", UUID.randomUUID().toString(), body);
  }

  private URI uri() {
    return URI.create("http://127.0.0.1:" + port);
  }
}
