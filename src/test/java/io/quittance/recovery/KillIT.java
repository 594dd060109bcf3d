package io.quittance.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.testing.LedgerAudit;
import io.quittance.testing.Merchant;
import io.quittance.testing.Postgres;
import io.quittance.testing.ServiceProcess;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** SIGKILL under load: nothing acknowledged is lost, nothing is done twice, nothing stays open. */
class KillIT {

  private static final int CLIENTS = 16;
  private static final int ACCOUNTS = 40;
  private static final int PAYMENTS_BEFORE_A_KILL = 400;
  private static final Duration RESOLVED_WITHIN = Duration.ofSeconds(20);

  private final Postgres.Database database = Postgres.create();
  private final LedgerAudit audit = new LedgerAudit(database);
  private ServiceProcess doomed;
  private ServiceProcess survivor;
  private Merchant merchant;

  @BeforeEach
  void start() throws IOException, InterruptedException {
    doomed = ServiceProcess.start(database);
    survivor = ServiceProcess.start(database);
    merchant = Merchant.register(doomed);
    merchant.openAccounts(doomed.uri(), ACCOUNTS, 1_000_000);
  }

  @AfterEach
  void stop() {
    doomed.close();
    survivor.close();
  }

  @Test
  void keepsEveryAcknowledgedPaymentOnceAndResolvesTheRest() throws InterruptedException {
    Map<String, String> acknowledged = new ConcurrentHashMap<>();
    Map<String, String> unanswered = new ConcurrentHashMap<>();
    var enough = new CountDownLatch(PAYMENTS_BEFORE_A_KILL);
    var target = new AtomicReference<URI>(doomed.uri());
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      int client = i;
      clients.add(
          Thread.ofVirtual()
              .start(() -> payUntilItFails(client, target, acknowledged, unanswered, enough)));
    }
    enough.await();
    doomed.kill();
    for (Thread client : clients) {
      client.join();
    }
    assertThat(unanswered).isNotEmpty();

    Awaitility.await()
        .atMost(RESOLVED_WITHIN)
        .until(
            () -> audit.number("select count(*) from payments where status = 'processing'") == 0);
    unanswered.forEach((key, body) -> assertThat(replay(key, body)).isIn(201, 504));
    acknowledged.forEach((key, id) -> assertThat(paymentOf(key)).isEqualTo(id));

    assertThat(audit.number("select count(*) from payments where status = 'succeeded'"))
        .isEqualTo(
            audit.number(
                "select count(*) from transfers where state = 'posted' and payment_id is not null"));
    assertThat(audit.number("select count(*) from payments"))
        .isEqualTo(acknowledged.size() + unanswered.size());
    audit.passes();
  }

  private void payUntilItFails(
      int client,
      AtomicReference<URI> target,
      Map<String, String> acknowledged,
      Map<String, String> unanswered,
      CountDownLatch enough) {
    var random = new Random(client);
    for (int i = 0; ; i++) {
      String key = "client-%d-%d".formatted(client, i);
      String body = body(random);
      try {
        Merchant.Answer answer = merchant.post(target.get(), "/v1/payments", key, body);
        assertThat(answer.status()).isEqualTo(201);
        acknowledged.put(key, answer.body().path("id").asText());
        enough.countDown();
      } catch (IOException e) {
        unanswered.put(key, body);
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static String body(Random random) {
    String payee = random.nextBoolean() ? "shop" : "a0";
    return Merchant.payment(
        1 + random.nextInt(100), "a" + (1 + random.nextInt(ACCOUNTS - 1)), payee);
  }

  private int replay(String key, String body) {
    try {
      return merchant.post(survivor.uri(), "/v1/payments", key, body).status();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private String paymentOf(String key) {
    return io.quittance.web.TypeId.format(
        "pay",
        org.springframework.jdbc.core.simple.JdbcClient.create(database.dataSource())
            .sql(
                """
                select k.object_id from idempotency_keys k join payments p
                    on p.merchant_id = k.merchant_id and p.id = k.object_id and p.status = 'succeeded'
                 where k.idempotency_key = ?
                """)
            .param(key)
            .query(java.util.UUID.class)
            .single());
  }
}
