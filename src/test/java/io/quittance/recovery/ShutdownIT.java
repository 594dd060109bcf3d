package io.quittance.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import io.quittance.testing.LedgerAudit;
import io.quittance.testing.Merchant;
import io.quittance.testing.Postgres;
import io.quittance.testing.ServiceProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** SIGTERM: what runs is finished, and then the process ends. */
class ShutdownIT {

  private static final int SIGTERM_EXIT = 143;

  @Test
  void finishesTheRunningPaymentBeforeItExits() throws IOException, InterruptedException {
    var screening = new WireMockServer(WireMockConfiguration.options().dynamicPort());
    screening.start();
    screening.stubFor(
        WireMock.post("/screen")
            .willReturn(
                WireMock.okJson("{\"decision\":\"approve\",\"score\":1,\"reasons\":[]}")
                    .withFixedDelay(600)));
    Postgres.Database database = Postgres.create();
    try (var service =
        ServiceProcess.start(
            database, "--quittance.fraud.url=" + screening.baseUrl() + "/screen")) {
      Merchant merchant = Merchant.register(service);
      merchant.openAccounts(service.uri(), 1, 1_000);
      var answer =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return merchant.post(
                      service.uri(), "/v1/payments", "key", Merchant.payment(100, "a0", "shop"));
                } catch (IOException | InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
      Awaitility.await()
          .until(() -> new LedgerAudit(database).number("select count(*) from payments") == 1);

      service.terminate();

      assertThat(answer.join().status()).isEqualTo(201);
      assertThat(service.exitCode(Duration.ofSeconds(40))).isEqualTo(SIGTERM_EXIT);
      new LedgerAudit(database).passes();
    } finally {
      screening.stop();
    }
  }
}
