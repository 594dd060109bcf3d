package io.quittance.recovery;

import com.fasterxml.jackson.databind.JsonNode;
import io.quittance.testing.Merchant;
import io.quittance.testing.Merchant.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A merchant whose customers' steps arrive in bodies, each sent until it is acknowledged. */
final class EventTraffic {

  private static final int EVENTS = 200;
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final Merchant merchant;
  private final Replicas replicas;
  private final Random random = new Random();
  private long acknowledged;

  private EventTraffic(Merchant merchant, Replicas replicas) {
    this.merchant = merchant;
    this.replicas = replicas;
  }

  static EventTraffic open(Replicas replicas) throws IOException, InterruptedException {
    return new EventTraffic(Merchant.register(replicas.any(new Random())), replicas);
  }

  void sendUntil(BooleanSupplier over) throws InterruptedException {
    for (int body = 0; !over.getAsBoolean(); body++) {
      String key = "body-" + body;
      while (!acknowledges(key)) {
        LockSupport.parkNanos(PAUSE.toNanos());
      }
      acknowledged++;
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  private boolean acknowledges(String key) throws InterruptedException {
    String events =
        IntStream.range(0, EVENTS)
            .mapToObj(
                i ->
                    """
                    {"id":"%s-%d","type":"step%d","data":{"session":"s%d","labels":{"page":"p%d"}}}"""
                        .formatted(key, i, i % 5, i % 50, i % 20))
            .collect(Collectors.joining(",", "[", "]"));
    try {
      Answer answer =
          merchant.post(
              replicas.any(random), "/v1/analytics/events", events, Map.of("Idempotency-Key", key));
      return answer.status() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** What is counted otherwise than it was acknowledged. */
  List<String> violations() throws IOException, InterruptedException {
    JsonNode integrity = merchant.get(replicas.any(random), "/v1/analytics/integrity").body();
    boolean exact =
        integrity.path("accepted").asLong() == acknowledged * EVENTS
            && integrity.path("difference").asLong() == 0;
    return exact
        ? List.of()
        : List.of("%d events were acknowledged: %s".formatted(acknowledged * EVENTS, integrity));
  }

  @Override
  public String toString() {
    return "%d events acknowledged".formatted(acknowledged * EVENTS);
  }
}
