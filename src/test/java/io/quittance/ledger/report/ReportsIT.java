package io.quittance.ledger.report;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.database.TooManyReportsException;
import io.quittance.testing.Merchant;
import io.quittance.testing.Postgres;
import io.quittance.testing.Proves;
import io.quittance.testing.Sandbox;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Reports take what is theirs, and leave the rest to everybody else. */
@Tag("side-by-side")
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = "quittance.operator-key=" + Sandbox.OPERATOR_KEY)
@ActiveProfiles("sandbox")
class ReportsIT {

  private static final int PLACES = 2;

  private static final String TAMPERED =
      "select count(distinct merchant_id) from accounts where id = 'a0'";

  @Autowired private Reports reports;
  @Autowired private BooksWatch watch;
  @Autowired private MeterRegistry meters;
  @Autowired private DataSource reads;
  @LocalServerPort private int port;

  @DynamicPropertySource
  static void database(DynamicPropertyRegistry registry) {
    Postgres.Database database = Postgres.create();
    database.provideTo(registry);
  }

  @Test
  @Proves("many reports at once")
  void leaveEverybodyElseTheirConnections() throws Exception {
    URI service = URI.create("http://127.0.0.1:" + port);
    Merchant merchant = Merchant.register(service);
    merchant.openAccounts(service, 1, 1_000);
    var begun = new CountDownLatch(PLACES);
    var end = new CountDownLatch(1);
    var running = new ArrayList<CompletableFuture<Boolean>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        for (int i = 0; i < PLACES; i++) {
          UUID somebody = UUID.randomUUID();
          running.add(CompletableFuture.supplyAsync(() -> slow(somebody, begun, end), threads));
        }
        begun.await();

        // A sweep may take one for a moment.
        var pool = reads.unwrap(HikariDataSource.class).getHikariPoolMXBean();
        Awaitility.await().until(() -> pool.getActiveConnections() == 0);
        for (String report :
            List.of(
                "/v1/ledger/trial-balance",
                "/v1/ledger/export?format=hledger",
                "/v1/ledger/verify",
                "/v1/analytics/integrity")) {
          Merchant.Answer refused = merchant.get(service, report);
          assertThat(refused.status()).as(report).isEqualTo(503);
          assertThat(refused.code()).isEqualTo("overloaded");
          assertThat(refused.raw().headers().firstValue("Retry-After")).isPresent();
        }
        assertThat(unbalancedBooks()).as("watched on a connection of its own").isZero();
        assertThat(merchant.get(service, "/v1/accounts").status()).isEqualTo(200);
        assertThat(
                merchant
                    .post(service, "/v1/payments", "k", Merchant.payment(5, "a0", "shop"))
                    .status())
            .isEqualTo(201);
      } finally {
        end.countDown();
      }
      assertThat(running).allMatch(CompletableFuture::join);
    }
    assertThat(merchant.get(service, "/v1/ledger/trial-balance").status()).isEqualTo(200);
    assertThat(merchant.get(service, "/v1/analytics/integrity").status()).isEqualTo(200);
  }

  @Test
  @Proves("many reports at once")
  void leaveEveryOtherMerchantAPlace() throws Exception {
    UUID slow = UUID.randomUUID();
    var begun = new CountDownLatch(1);
    var end = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var first = CompletableFuture.supplyAsync(() -> slow(slow, begun, end), threads);
      begun.await();

      assertThatThrownBy(() -> reports.read(slow, books -> true))
          .isInstanceOf(TooManyReportsException.class);
      assertThat(reports.<Boolean>read(UUID.randomUUID(), books -> true)).isTrue();

      end.countDown();
      assertThat(first.join()).isTrue();
    }
    assertThat(reports.<Boolean>read(slow, books -> true)).isTrue();
  }

  @Test
  @Proves("many reports at once")
  void waitForNoSlowReader() throws Exception {
    URI service = URI.create("http://127.0.0.1:" + port);
    var readers = new ArrayList<Socket>();
    try {
      for (int i = 0; i <= PLACES; i++) {
        Merchant slow = Merchant.register(service);
        addAccounts(slow, service);
        readers.add(exporting(slow));
      }
      Merchant other = Merchant.register(service);

      assertThat(other.get(service, "/v1/ledger/trial-balance").status()).isEqualTo(200);
      for (Socket reader : readers) {
        String rest = new String(reader.getInputStream().readAllBytes(), US_ASCII);
        assertThat(rest).endsWith("; end of journal: 0 transfers\n");
      }
    } finally {
      for (Socket reader : readers) {
        reader.close();
      }
    }
  }

  /** As many as fill the buffers between the service and its reader. */
  private void addAccounts(Merchant merchant, URI service) throws Exception {
    merchant.put(service, "/v1/accounts/first", "{\"currency\":\"EUR\"}");
    new JdbcTemplate(reads)
        .update(
            """
            insert into accounts (merchant_id, id, currency, kind, overdraft_limit, metadata,
                                  posted, pending_out, pending_in, entry_count, created_at)
            select merchant_id, repeat('x', 50) || n, currency, kind, overdraft_limit, metadata,
                   posted, pending_out, pending_in, entry_count, created_at
              from accounts, generate_series(1, 60000) n
             where created_at = (select max(created_at) from accounts where id = 'first')
            """);
  }

  /** A reader that has the first bytes of an export and takes no more. */
  private Socket exporting(Merchant merchant) throws IOException {
    var reader = new Socket();
    reader.setSoTimeout(60_000);
    reader.setReceiveBufferSize(8192);
    reader.connect(new InetSocketAddress("127.0.0.1", port));
    String request =
        "GET /v1/ledger/export?format=hledger HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + "Authorization: Bearer %s\r\n\r\n";
    reader.getOutputStream().write(request.formatted(merchant.key()).getBytes(US_ASCII));
    assertThat(reader.getInputStream().readNBytes(12)).asString(US_ASCII).isEqualTo("HTTP/1.1 200");
    return reader;
  }

  private boolean slow(UUID merchantId, CountDownLatch begun, CountDownLatch end) {
    return reports.read(
        merchantId,
        books -> {
          begun.countDown();
          try {
            end.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return true;
        });
  }

  @Test
  void tellPrometheusOfBooksThatDoNotBalance() throws Exception {
    URI uri = URI.create("http://localhost:" + port);
    Merchant merchant = Merchant.register(uri);
    merchant.openAccounts(uri, 1, 1_000);
    var jdbc = new JdbcTemplate(reads);

    assertThat(unbalancedBooks()).isZero();
    jdbc.update("update accounts set posted = posted + 1 where id = 'a0'");
    try {
      assertThat(unbalancedBooks())
          .isEqualTo(jdbc.queryForObject(TAMPERED, Long.class))
          .isPositive();
    } finally {
      jdbc.update("update accounts set posted = posted - 1 where id = 'a0'");
    }
    assertThat(unbalancedBooks()).isZero();
  }

  private long unbalancedBooks() {
    watch.look();
    return (long) meters.get("quittance.ledger.unbalanced.books").gauge().value();
  }
}
