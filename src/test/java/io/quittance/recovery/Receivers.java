package io.quittance.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.testing.EventReceiver;
import io.quittance.testing.EventReceiver.Attempt;
import io.quittance.testing.EventReceiver.Manner;
import io.quittance.testing.Merchant;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Where events go: the storm's to receivers that refuse, hang and fail, so that its deliveries pile
 * up, and the bystander's to one that lives and must have them all.
 */
final class Receivers implements AutoCloseable {

  private static final Duration DELIVERED_WITHIN = Duration.ofSeconds(30);

  private final EventReceiver receiver = new EventReceiver();
  private final String path = "/" + UUID.randomUUID();

  /** Gives a merchant three receivers of which none will ever take anything. */
  void openDead(Merchant merchant, URI service) throws IOException, InterruptedException {
    register(merchant, service, refusing());
    register(merchant, service, receiver.open(path + "-hangs", before -> Manner.KEEP_WAITING));
    register(merchant, service, receiver.open(path + "-fails", before -> Manner.ANSWER_500));
  }

  void openLiving(Merchant merchant, URI service) throws IOException, InterruptedException {
    register(merchant, service, receiver.open(path, before -> Manner.ACCEPT));
  }

  private static void register(Merchant merchant, URI service, String url)
      throws IOException, InterruptedException {
    Merchant.Answer answer =
        merchant.post(
            service,
            "/v1/webhook-endpoints",
            null,
            "{\"url\":\"%s\",\"events\":[\"*\"]}".formatted(url));
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(201);
  }

  /** Nobody listens there. */
  private static String refusing() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "http://localhost:" + socket.getLocalPort() + "/";
    }
  }

  /** The payments whose success the living receiver was not told of, in words. */
  List<String> violations(Set<String> payments) {
    try {
      Awaitility.await().atMost(DELIVERED_WITHIN).until(() -> told().containsAll(payments));
      return List.of();
    } catch (ConditionTimeoutException e) {
      long missing = payments.stream().filter(id -> !told().contains(id)).count();
      return List.of(
          "%d of a bystander's %d events were not delivered".formatted(missing, payments.size()));
    }
  }

  private Set<String> told() {
    return receiver.attempts(path).stream()
        .map(Attempt::event)
        .filter(event -> event.path("type").asText().equals("payment.succeeded"))
        .map(event -> event.at("/data/id").asText())
        .collect(Collectors.toSet());
  }

  @Override
  public void close() {
    receiver.close();
  }
}
