package io.quittance.payment.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.database.Dialect;
import io.quittance.idempotency.TimedLookups;
import io.quittance.testing.Postgres;
import io.quittance.web.Problem;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/** Payments that many ask for at once. */
class PaymentLookupsIT {

  private static final UUID MERCHANT = UUID.randomUUID();

  private final Postgres.Database database = Postgres.create().migrated();
  private final JdbcTemplate jdbc = new JdbcTemplate(database.dataSource());
  private final PaymentLookups lookups = lookups();

  private PaymentLookups lookups() {
    try {
      return new PaymentLookups(
          jdbc, new Dialect(database.dataSource()), new SimpleMeterRegistry());
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterEach
  void close() {
    lookups.close();
  }

  private static Deadline far() {
    return Deadline.after(Duration.ofMinutes(1));
  }

  /** A newer version wrote one of them, and was rolled back. */
  @Test
  void areFoundBesideOneThatCannotBeReadAndOneThatIsNotThere() throws SQLException {
    UUID good = add("null", "null");
    UUID unreadable = add("'approve'", "'model'");
    UUID none = UUID.randomUUID();
    List<Runnable> checks = new ArrayList<>();
    try (Connection holder = database.locking("lock table payments in access exclusive mode")) {
      // Both workers wait, so that what comes next is one query.
      begin(good);
      begin(good);
      for (int i = 0; i < 4; i++) {
        var first = begin(unreadable);
        checks.add(
            () -> assertThatThrownBy(first::await).isInstanceOf(IllegalArgumentException.class));
        var second = begin(good);
        checks.add(
            () ->
                assertThat(second.await())
                    .hasValueSatisfying(
                        payment -> assertThat(payment.terms().id()).isEqualTo(good)));
        var third = begin(none);
        checks.add(() -> assertThat(third.await()).isEmpty());
      }
      holder.rollback();
    }

    checks.forEach(Runnable::run);
  }

  @Test
  void areAnotherMerchantsToNobodyElse() {
    UUID id = add("null", "null");

    assertThat(lookups.begin(UUID.randomUUID(), id, far()).await()).isEmpty();
  }

  @Test
  void endForTheirCallersByTheDeadline() throws SQLException {
    UUID id = add("null", "null");
    try (Connection holder = database.locking("lock table payments in access exclusive mode")) {
      var late = lookups.begin(MERCHANT, id, Deadline.after(Duration.ofMillis(50)));

      assertThatThrownBy(late::await)
          .isInstanceOfSatisfying(
              Problem.class, problem -> assertThat(problem.saysNothingHappened()).isTrue());
      holder.rollback();
    }
  }

  private TimedLookups<?, Optional<Payment>>.Begun begin(UUID id) {
    return lookups.begin(MERCHANT, id, far());
  }

  private UUID add(String decision, String source) {
    UUID id = UUID.randomUUID();
    jdbc.update(
        """
        insert into payments (merchant_id, id, status, amount, currency, payer, payee,
                              capture_method, amount_captured, amount_refunded, metadata,
                              granted_ms, used_ms, hold_seconds, event_count, created_at,
                              resolves_by, fraud_decision, fraud_score, fraud_reasons,
                              fraud_source)
        values (?, ?, 'authorized', 100, 'EUR', 'alice', 'shop', 'manual', 0, 0, '{}', 2000, 3, 0,
                1, now(), now(), %s, 0, '', %s)
        """
            .formatted(decision, source),
        MERCHANT,
        id);
    return id;
  }
}
