package io.quittance.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.quittance.testing.LedgerAudit;
import io.quittance.testing.Merchant;
import io.quittance.testing.Postgres;
import io.quittance.testing.Proves;
import io.quittance.testing.ServiceProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** SIGTERM: no new work is taken, what runs is finished, and then the process ends. */
@Tag("side-by-side")
class ShutdownIT {

  private static final int SIGTERM_EXIT = 143;
  private static final byte[] APPROVAL =
      "{\"decision\":\"approve\",\"score\":1,\"reasons\":[]}".getBytes(StandardCharsets.UTF_8);

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch approve = new CountDownLatch(1);
  private final HttpServer screening = screening();

  /** Screening that answers when it is told to. */
  private HttpServer screening() {
    try {
      var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      HttpServer server = HttpServer.create(address, 0);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.createContext(
          "/screen",
          exchange -> {
            asked.countDown();
            awaitApproval();
            exchange.sendResponseHeaders(200, APPROVAL.length);
            exchange.getResponseBody().write(APPROVAL);
            exchange.close();
          });
      server.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitApproval() {
    try {
      approve.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @AfterEach
  void stop() {
    approve.countDown();
    screening.stop(0);
  }

  @Test
  @Proves("SIGTERM")
  void turnsNewWorkAwayAndFinishesTheRunningPaymentBeforeItExits()
      throws IOException, InterruptedException {
    Postgres.Database database = Postgres.create();
    String url = "http://localhost:" + screening.getAddress().getPort() + "/screen";
    try (var service =
        ServiceProcess.start(
            database,
            "--quittance.fraud.url=" + url,
            "--quittance.fraud.timeout=30s",
            "--quittance.web.drain-limit=1s",
            "--quittance.deadline.default-ms=30000")) {
      Merchant merchant = Merchant.register(service);
      merchant.openAccounts(service.uri(), 1, 1_000);
      CompletableFuture<Merchant.Answer> answer = pay(merchant, service.uri());
      asked.await();

      service.terminate();

      Awaitility.await().until(() -> !service.ready());
      Awaitility.await().until(() -> refusesConnections(service.uri()));
      assertThat(answer).isNotDone();
      approve.countDown();
      assertThat(answer.join().status()).isEqualTo(201);
      assertThat(service.exitCode(Duration.ofSeconds(40))).isEqualTo(SIGTERM_EXIT);
      new LedgerAudit(database).passes();
    }
  }

  @Test
  @Proves("SIGTERM")
  void endsAKeptConnectionWithAnAnswerAndDoesNotWaitForMore()
      throws IOException, InterruptedException {
    try (var service = ServiceProcess.start(Postgres.create(), "--quittance.web.drain-limit=1h");
        var kept = new KeptConnection(service.uri())) {
      assertThat(kept.ask()).startsWith("HTTP/1.1 401 ").doesNotContain("Connection: close");

      service.terminate();
      Awaitility.await().until(() -> !service.ready());

      assertThat(kept.ask()).startsWith("HTTP/1.1 401 ").contains("Connection: close");
      assertThat(kept.ask()).isEmpty();
      assertThat(service.exitCode(Duration.ofSeconds(40))).isEqualTo(SIGTERM_EXIT);
    }
  }

  private static boolean refusesConnections(URI service) throws IOException {
    try (var _ = new Socket(service.getHost(), service.getPort())) {
      return false;
    } catch (ConnectException e) {
      return true;
    }
  }

  private static CompletableFuture<Merchant.Answer> pay(Merchant merchant, URI service) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return merchant.post(
                service, "/v1/payments", "key", Merchant.payment(100, "a0", "shop"));
          } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }
}
