package io.quittance.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.standardwebhooks.Webhook;
import io.quittance.testing.EventReceiver;
import io.quittance.testing.EventReceiver.Attempt;
import io.quittance.testing.EventReceiver.Manner;
import io.quittance.testing.LedgerAudit;
import io.quittance.testing.Merchant;
import io.quittance.testing.Postgres;
import io.quittance.testing.ServiceProcess;
import io.quittance.webhook.endpoint.SigningSecret;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The sealing key is replaced in two steps, replica by replica, as docs/webhooks.md says, and no
 * delivery fails meanwhile.
 */
@Tag("long")
class SealingKeyIT {

  private static final String OLD = randomKey();
  private static final String NEW = randomKey();
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final Postgres.Database database = Postgres.create();
  private final LedgerAudit audit = new LedgerAudit(database);
  private final EventReceiver receiver = new EventReceiver();
  private final List<String> secrets = new ArrayList<>();
  private final List<ServiceProcess> replicas = new CopyOnWriteArrayList<>();
  private ServiceProcess first;
  private ServiceProcess second;
  private Merchant merchant;

  @AfterEach
  void stop() {
    replicas.forEach(ServiceProcess::close);
    receiver.close();
  }

  @Test
  void isReplacedInTwoStepsOnARollingDeployment() throws Exception {
    first = replica(OLD);
    second = replica(OLD);
    merchant = Merchant.register(first);
    merchant.openAccounts(first.uri(), 1, 100_000);
    addEndpointAt(first);

    // Step one: everybody opens what the new key seals, and nobody seals with it.
    first = replaced(first, OLD, NEW);
    bothDeliver();
    second = replaced(second, OLD, NEW);

    // Step two: the new key seals, and the old one opens what is left.
    first = replaced(first, NEW, OLD);
    addEndpointAt(first);
    bothDeliver();
    second = replaced(second, NEW, OLD);
    Awaitility.await().atMost(PATIENCE).until(() -> sealedWithOldKey() == 0);
    bothDeliver();

    first = replaced(first, NEW);
    second = replaced(second, NEW);
    bothDeliver();
    assertThat(audit.number("select count(*) from delivery_attempts where error is not null"))
        .isZero();
  }

  private long sealedWithOldKey() throws NoSuchAlgorithmException {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Base64.getDecoder().decode(NEW));
    return audit.number(
        "select count(*) from webhook_endpoints where secret_key_id <> '%s'"
            .formatted(HexFormat.of().formatHex(digest, 0, 6)));
  }

  private void addEndpointAt(ServiceProcess replica) throws IOException, InterruptedException {
    String url = receiver.open("/e" + secrets.size(), before -> Manner.ACCEPT);
    Merchant.Answer answer =
        merchant.post(
            replica.uri(),
            "/v1/webhook-endpoints",
            null,
            "{\"url\":\"%s\",\"events\":[\"*\"]}".formatted(url));
    assertThat(answer.status()).isEqualTo(201);
    secrets.add(answer.body().path("secret").asText());
  }

  /** Pays at each replica, and verifies what each endpoint receives. */
  private void bothDeliver() throws Exception {
    for (ServiceProcess replica : List.of(first, second)) {
      int before = receiver.attempts().size();
      Merchant.Answer paid =
          merchant.post(
              replica.uri(),
              "/v1/payments",
              Merchant.payment(1, "a0", "shop"),
              // A replica that has just started has not compiled anything yet.
              Map.of("Idempotency-Key", "payment-" + before, "Payment-Deadline-Ms", "30000"));
      assertThat(paid.status()).isEqualTo(201);
      Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> receiver.attempts().size() == before + secrets.size());
    }
    for (Attempt attempt : receiver.attempts()) {
      new Webhook(secrets.get(Integer.parseInt(attempt.path().substring(2))))
          .verify(attempt.body(), HttpHeaders.of(attempt.headers(), (name, value) -> true));
    }
  }

  private ServiceProcess replaced(ServiceProcess replica, String key, String... previous)
      throws InterruptedException {
    replica.terminate();
    replica.exitCode(PATIENCE);
    return replica(key, previous);
  }

  private ServiceProcess replica(String key, String... previous) {
    List<String> properties =
        new ArrayList<>(
            List.of(
                "--quittance.notification.secret-key=" + key,
                "--quittance.notification.allow-loopback=true"));
    Arrays.stream(previous)
        .map(other -> "--quittance.notification.previous-secret-keys=" + other)
        .forEach(properties::add);
    ServiceProcess replica = ServiceProcess.start(database, properties.toArray(String[]::new));
    replicas.add(replica);
    return replica;
  }

  private static String randomKey() {
    return Base64.getEncoder().encodeToString(SigningSecret.random().bytes());
  }
}
