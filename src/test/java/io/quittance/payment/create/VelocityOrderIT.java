package io.quittance.payment.create;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.concurrency.Deadline;
import io.quittance.fraud.Fraud;
import io.quittance.fraud.Screening;
import io.quittance.journal.Command;
import io.quittance.journal.Journal;
import io.quittance.journal.UnitOfWork;
import io.quittance.payment.model.Payment;
import io.quittance.payment.model.PaymentOrder;
import io.quittance.payment.model.PaymentStatus;
import io.quittance.testing.Orders;
import io.quittance.testing.Postgres;
import io.quittance.web.TypeId;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Payments of one batch keep their order in every later look at their payer's past. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@ActiveProfiles("sandbox")
class VelocityOrderIT {

  private static final Duration PLENTY = Duration.ofSeconds(30);

  @DynamicPropertySource
  static void database(DynamicPropertyRegistry registry) {
    Postgres.Database database = Postgres.create();
    database.provideTo(registry);
  }

  @LocalServerPort private int port;
  @Autowired private JdbcClient jdbc;
  @Autowired private Journal journal;
  @Autowired private Fraud fraud;

  /** The first is concluded with its commit, the second, of a smaller id, by one of its own. */
  @Test
  void countsThePaymentsBeforeItAlsoIfItsIdIsSmaller() throws Exception {
    allowOnePaymentPerPayer();
    UUID smaller = TypeId.next();
    UUID larger = TypeId.next();
    PaymentOrder first = order(larger);
    PaymentOrder second = order(smaller);
    var screened = new ScreeningSlot();
    screened.put(screening(first));
    var authorizeFirst = new BeginPayment(first, screened, PLENTY);
    var authorizeSecond = new BeginPayment(second, new ScreeningSlot(), PLENTY);
    var block = new Blocking();
    journal.submit(block, Deadline.after(PLENTY));
    block.reached.await();

    var firstBegun = journal.submit(authorizeFirst, Deadline.after(PLENTY));
    var secondBegun = journal.submit(authorizeSecond, Deadline.after(PLENTY));
    block.released.countDown();

    assertThat(payment(firstBegun.get()).status()).isEqualTo(PaymentStatus.SUCCEEDED);
    Payment open = payment(secondBegun.get());
    assertThat(open.status()).isEqualTo(PaymentStatus.PROCESSING);
    Payment concluded =
        journal
            .submit(new ApplyVerdict(open, screening(second), second), Deadline.after(PLENTY))
            .get();
    assertThat(concluded.status()).isEqualTo(PaymentStatus.DECLINED);
  }

  private static Payment payment(BeginPayment.Result result) {
    return ((BeginPayment.Result.PaymentStored) result).payment();
  }

  private Screening screening(PaymentOrder order) throws Exception {
    return fraud.screen(
        order.screeningRequest(),
        fraud.rules(order.merchantId(), Deadline.after(PLENTY)),
        Deadline.after(PLENTY));
  }

  private PaymentOrder order(UUID id) {
    UUID merchant = jdbc.sql("select id from merchants").query(UUID.class).single();
    return Orders.order(merchant, id, null, Deadline.after(PLENTY));
  }

  private void allowOnePaymentPerPayer() throws Exception {
    var put =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/fraud/rules"))
            .header("Authorization", "Bearer qt_sandbox_key")
            .header("Content-Type", "application/json")
            .PUT(
                BodyPublishers.ofString(
                    """
                    {"version":0,"rules":[{"id":"once","kind":"velocity_count","action":"decline",
                     "count":1,"window_seconds":600}]}
                    """))
            .build();
    try (var http = HttpClient.newHttpClient()) {
      assertThat(http.send(put, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }
  }

  /** Holds the journal up, so that what comes meanwhile shares a batch. */
  private static final class Blocking implements Command<Boolean> {

    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    @Override
    public UUID merchantId() {
      return new UUID(0, 1);
    }

    @Override
    public Set<String> accounts() {
      return Set.of();
    }

    @Override
    public void prepare(UnitOfWork unit) {
      reached.countDown();
      try {
        released.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public Boolean decide(UnitOfWork unit) {
      return true;
    }
  }
}
