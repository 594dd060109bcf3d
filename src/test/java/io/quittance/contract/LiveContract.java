package io.quittance.contract;

import static io.quittance.contract.Json.object;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quittance.concurrency.Deadline;
import io.quittance.testing.Proves;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The live stream, read as a browser does. The service takes two watchers here. */
abstract class LiveContract extends Contract {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** One who watches, by a socket of its own, so that it can be cut. */
  private static final class Watcher implements AutoCloseable {

    private final Client client;
    private final Socket socket;
    private final BufferedReader lines;
    private final String status;

    Watcher(Client client) throws IOException {
      this.client = client;
      socket = new Socket(client.service().getHost(), client.service().getPort());
      socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
      socket
          .getOutputStream()
          .write(
              """
              GET /v1/analytics/live HTTP/1.1\r
              Host: localhost\r
              Accept: text/event-stream\r
              Authorization: Bearer %s\r
              \r
              """
                  .formatted(client.secret())
                  .getBytes(UTF_8));
      lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      status = String.valueOf(lines.readLine()).split(" ")[1];
    }

    /** The first frame from now on that is as wanted. */
    JsonNode frame(Predicate<JsonNode> wanted) throws IOException {
      var patience = Deadline.after(PATIENCE);
      while (true) {
        assertThat(patience.expired()).as("no frame is as wanted").isFalse();
        String line = line();
        assertThat(line).as("the stream goes on").isNotNull();
        if (line.startsWith("data: ")) {
          JsonNode frame = Json.parse(line.substring("data: ".length()));
          OpenApi.of(client.service())
              .conforms(frame, object("$ref", "#/components/schemas/LiveFrame"), "a frame");
          if (wanted.test(frame)) {
            return frame;
          }
        }
      }
    }

    @Nullable String line() throws IOException {
      return lines.readLine();
    }

    /** Reads until the server has ended the answer. */
    void end() throws IOException {
      var patience = Deadline.after(PATIENCE);
      for (String line = line(); line != null && !line.equals("0"); ) {
        assertThat(patience.expired()).as("the stream goes on").isFalse();
        line = line();
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  /** Those of the test before are gone when the service next writes to them. */
  private static Watcher watch(Client client) {
    return Awaitility.await()
        .until(
            () -> {
              var watcher = new Watcher(client);
              if (!watcher.status.equals("200")) {
                watcher.close();
              }
              return watcher;
            },
            watcher -> watcher.status.equals("200"));
  }

  private static Predicate<JsonNode> counted(long payments) {
    return frame -> frame.at("/payments/count").asLong() == payments;
  }

  @Test
  void showsWhatWasCommitted() throws IOException {
    try (var watcher = watch(merchant)) {
      assertThat(watcher.frame(counted(0)).at("/payments/success_rate").isNull()).isTrue();
      merchant
          .post("/v1/analytics/events", Json.array(object("id", "e1", "type", "page.viewed")))
          .is(200);
      merchant.pay(120, "alice", "shop").is(201);
      merchant.pay(FUNDS * 2, "alice", "shop").is(402);

      JsonNode frame = watcher.frame(counted(2));

      assertThat(frame.at("/window_seconds").asInt()).isEqualTo(60);
      assertThat(frame.at("/payments/success_rate").asDouble()).isEqualTo(0.5);
      assertThat(frame.at("/payments/latency_ms/p99").isNumber()).isTrue();
      assertThat(frame.at("/payments/amounts"))
          .isEqualTo(Json.array(object("currency", "EUR", "amount", 120)));
      assertThat(frame.at("/payments/statuses"))
          .isEqualTo(
              Json.array(
                  object("status", "declined", "count", 1),
                  object("status", "succeeded", "count", 1)));
      assertThat(frame.at("/payments/declines"))
          .isEqualTo(Json.array(object("reason", "insufficient_funds", "count", 1)));
      assertThat(frame.at("/payments/payees"))
          .isEqualTo(Json.array(object("payee", "shop", "count", 2)));
      assertThat(frame.at("/events/types"))
          .isEqualTo(Json.array(object("type", "page.viewed", "count", 1)));
      assertThat(frame.at("/points")).hasSize(60);
    }
  }

  @Test
  void showsEachMerchantItsOwn() throws IOException {
    merchant.pay(120, "alice", "shop").is(201);
    try (var watcher = watch(newMerchant())) {
      assertThat(watcher.frame(frame -> true).at("/payments/count").asLong()).isZero();
    }
  }

  /** One who was cut off comes again, and sees what is; his place was given back. */
  @Test
  void takesSoManyWatchersAndNoMore() throws IOException {
    try (var one = watch(merchant)) {
      var cut = watch(merchant);
      one.frame(counted(0));
      cut.frame(counted(0));

      try (var many = new Watcher(merchant)) {
        assertThat(many.status).isEqualTo("503");
      }
      merchant.get("/v1/analytics/live").isProblem(503, "overloaded");
      cut.close();
      merchant.pay(1, "alice", "shop").is(201);
      try (var again = watch(merchant)) {
        again.frame(counted(1));
      }
      one.frame(counted(1));
    }
  }

  /** The limit is two. */
  @Test
  @Proves("one merchant sends more")
  void aMerchantThatHasAllStreamsLosesOneToTheNextMerchant() throws Exception {
    try (var one = watch(merchant);
        var another = watch(merchant);
        var other = watch(newMerchant())) {
      other.frame(counted(0));

      CompletableFuture.anyOf(ended(one), ended(another))
          .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

      merchant.get("/v1/analytics/live").isProblem(503, "overloaded");
    }
  }

  private static CompletableFuture<Void> ended(Watcher watcher) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            watcher.end();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        Thread::startVirtualThread);
  }

  @Test
  void endsWithItsKey() throws IOException {
    Client limited = limitedTo(merchant, "analytics:read");
    String id = merchant.get("/v1/api-keys").is(200).text("/data/0/id");
    try (var watcher = watch(limited)) {
      watcher.frame(counted(0));
      merchant.delete("/v1/api-keys/" + id).is(204);

      watcher.end();
    }
    limited.get("/v1/analytics/live").isProblem(401, "unauthorized");
  }

  @Test
  void takesNoParameters() {
    merchant.get("/v1/analytics/live?merchant=x").isRefused("merchant", "unknown_field");
  }
}
