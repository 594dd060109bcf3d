package io.quittance.webhook;

import static io.quittance.testing.EventReceiver.Manner.ACCEPT;
import static io.quittance.testing.EventReceiver.Manner.ANSWER_500;
import static io.quittance.testing.EventReceiver.Manner.HANG_UP;
import static io.quittance.testing.EventReceiver.Manner.KEEP_WAITING;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.standardwebhooks.Webhook;
import io.quittance.testing.EventReceiver;
import io.quittance.testing.EventReceiver.Attempt;
import io.quittance.testing.LedgerAudit;
import io.quittance.testing.Merchant;
import io.quittance.testing.Postgres;
import io.quittance.testing.Proves;
import io.quittance.testing.ServiceProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every event reaches its receiver at least once, whatever becomes of the one who brings it. */
@Tag("long")
class DeliveryIT {

  private static final int PAYMENTS = 40;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Postgres.Database database = Postgres.create();
  private final LedgerAudit audit = new LedgerAudit(database);
  private final EventReceiver receiver = new EventReceiver();
  private final List<ServiceProcess> replicas = new CopyOnWriteArrayList<>();
  private ServiceProcess doomed;
  private ServiceProcess survivor;
  private final AtomicInteger waiting = new AtomicInteger();
  private Merchant merchant;
  private String secret;

  /**
   * The doomed replica's receiver never answers, so whatever that one has claimed is pending. The
   * merchant's endpoint is the same for both, and lets the first few attempts wait.
   */
  @BeforeEach
  void start() throws IOException, InterruptedException {
    String deaf = receiver.open("/deaf", before -> KEEP_WAITING);
    String moody = receiver.open("/moody", DeliveryIT::moody);
    CompletableFuture<ServiceProcess> other = CompletableFuture.supplyAsync(() -> replica(moody));
    doomed = replica(deaf);
    survivor = other.join();
    merchant = Merchant.register(survivor);
    merchant.openAccounts(survivor.uri(), 1, 100_000);
    String endpoint =
        receiver.open("/merchant", before -> waiting.getAndIncrement() < 3 ? KEEP_WAITING : ACCEPT);
    secret =
        merchant
            .post(
                survivor.uri(),
                "/v1/webhook-endpoints",
                null,
                "{\"url\":\"%s\",\"events\":[\"*\"]}".formatted(endpoint))
            .body()
            .path("secret")
            .asText();
  }

  /** Takes an event at the third attempt. */
  private static EventReceiver.Manner moody(int before) {
    return switch (before) {
      case 0 -> ANSWER_500;
      case 1 -> HANG_UP;
      default -> ACCEPT;
    };
  }

  private ServiceProcess replica(String receiverUrl) {
    var replica =
        ServiceProcess.start(
            database,
            "--quittance.notification.url=" + receiverUrl,
            "--quittance.notification.timeout=1s",
            "--quittance.notification.lease=3s",
            // Each event fails twice, so the breaker lets one through at a time, 80 times at worst.
            "--quittance.notification.breaker-open=200ms",
            "--quittance.notification.allow-loopback=true",
            "--quittance.notification.retry-max=1s");
    replicas.add(replica);
    return replica;
  }

  @AfterEach
  void stop() {
    replicas.forEach(ServiceProcess::close);
    receiver.close();
  }

  @Test
  @Proves("a receiver of events is down")
  void outlivesErrorsDroppedConnectionsAndADeadReplica() throws Exception {
    Set<String> payments = new HashSet<>(pay(survivor.uri(), 10));
    payments.addAll(pay(doomed.uri(), PAYMENTS));
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () ->
                !receiver.attempts("/deaf").isEmpty() && !receiver.attempts("/merchant").isEmpty());
    doomed.kill();
    Set<String> held = ids(receiver.attempts("/deaf"));

    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(audit.number("select count(*) from deliveries where state = 'pending'"))
                    .isZero());

    assertThat(audit.number("select count(*) from deliveries where state = 'delivered'"))
        .isEqualTo(2L * payments.size());
    assertThat(ids(accepted("/moody"))).hasSize(payments.size()).containsAll(held);
    for (String path : List.of("/moody", "/merchant")) {
      assertThat(accepted(path)).extracting(DeliveryIT::payment).containsAll(payments);
    }
    for (Attempt attempt : receiver.attempts("/merchant")) {
      new Webhook(secret)
          .verify(attempt.body(), HttpHeaders.of(attempt.headers(), (name, value) -> true));
    }
    assertThat(receiver.attempts())
        .allSatisfy(attempt -> assertThat(attempt.webhookId()).isEqualTo(attempt.eventId()));
    saysTheSameEachTime();
    audit.passes();
  }

  private List<Attempt> accepted(String path) {
    return receiver.attempts(path).stream().filter(Attempt::accepted).toList();
  }

  private void saysTheSameEachTime() throws IOException, InterruptedException {
    Map<String, JsonNode> first = new HashMap<>();
    for (Attempt attempt : receiver.attempts()) {
      assertThat(attempt.event())
          .isEqualTo(first.computeIfAbsent(attempt.eventId(), id -> attempt.event()));
    }
    String id = first.keySet().iterator().next();
    assertThat(merchant.get(survivor.uri(), "/v1/events/" + id).body()).isEqualTo(first.get(id));
  }

  private Set<String> pay(URI service, int count) throws IOException, InterruptedException {
    Set<String> payments = new HashSet<>();
    for (int i = 0; i < count; i++) {
      Merchant.Answer answer =
          merchant.post(
              service, "/v1/payments", service + "-" + i, Merchant.payment(1, "a0", "shop"));
      assertThat(answer.status()).isEqualTo(201);
      payments.add(answer.body().path("id").asText());
    }
    return payments;
  }

  private static Set<String> ids(List<Attempt> attempts) {
    return attempts.stream().map(Attempt::eventId).collect(toSet());
  }

  private static String payment(Attempt attempt) {
    return attempt.event().at("/data/id").asText();
  }
}
