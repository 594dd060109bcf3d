package io.quittance.payment.create;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.payment.model.PaymentStatus;
import io.quittance.testing.Postgres;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** What warms the code up goes as far as a payment that succeeds. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@ActiveProfiles("sandbox")
class PaymentRehearsalIT {

  @DynamicPropertySource
  static void database(DynamicPropertyRegistry registry) {
    Postgres.Database database = Postgres.create();
    database.provideTo(registry);
  }

  @Autowired private PaymentRehearsal rehearsal;
  @Autowired private JdbcClient jdbc;

  @Test
  void aRehearsedPaymentSucceedsAndIsNotThere() throws Exception {
    long transfers = count("transfers");

    assertThat(rehearsal.rehearse())
        .isInstanceOfSatisfying(
            BeginPayment.Result.PaymentStored.class,
            stored -> assertThat(stored.payment().status()).isEqualTo(PaymentStatus.SUCCEEDED));

    assertThat(count("payments")).isZero();
    assertThat(count("events")).isZero();
    assertThat(count("transfers")).isEqualTo(transfers);
  }

  private long count(String table) {
    return jdbc.sql("select count(*) from " + table).query(Long.class).single();
  }
}
