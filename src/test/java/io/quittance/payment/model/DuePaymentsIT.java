package io.quittance.payment.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quittance.payment.model.PaymentQueries.Due;
import io.quittance.payment.model.PaymentQueries.Position;
import io.quittance.testing.Postgres;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Payments that are to be ended come one after the other, whether or not that succeeds. */
class DuePaymentsIT {

  private static final UUID MERCHANT = UUID.randomUUID();

  private final JdbcClient jdbc = JdbcClient.create(Postgres.create().migrated().dataSource());
  private final PaymentQueries queries = new PaymentQueries(jdbc);

  /** Those of one batch share their instant. */
  @Test
  void passOverThoseThatAreStillThere() {
    for (int i = 0; i < 5; i++) {
      add("processing", "2026-01-01", null);
      add("authorized", "2999-01-01", "2026-01-02");
    }
    add("processing", "2026-01-03", null);
    add("processing", "2999-01-01", null);
    add("authorized", "2999-01-01", "2999-01-01");

    assertThat(walk(queries::stranded)).hasSize(6).doesNotHaveDuplicates();
    assertThat(walk(queries::overdue)).hasSize(5).doesNotHaveDuplicates();
  }

  @Test
  void canBeOtherMerchantsOnly() {
    add("processing", "2026-01-01", null);

    assertThat(queries.stranded(Position.FIRST, 2, Set.of(UUID.randomUUID()))).hasSize(1);
    assertThat(queries.stranded(Position.FIRST, 2, Set.of(UUID.randomUUID(), MERCHANT))).isEmpty();
  }

  /** A newer version wrote one of them, and was rolled back. */
  @Test
  void areFoundBesideOneThatCannotBeRead() {
    add("authorized", "2999-01-01", "2026-01-01");
    jdbc.sql(
            "update payments set fraud_decision = 'approve', fraud_score = 0, fraud_reasons = '',"
                + " fraud_source = 'model'")
        .update();
    add("authorized", "2999-01-01", "2026-01-02");

    List<Due> found = queries.overdue(Position.FIRST, 2, Set.of());

    assertThat(found).hasSize(2);
    assertThatThrownBy(found.getFirst()::payment).isInstanceOf(IllegalStateException.class);
    assertThat(found.getLast().payment().terms().id()).isEqualTo(found.getLast().position().id());
    assertThat(queries.overdue(found.getFirst().position(), 2, Set.of())).hasSize(1);
  }

  private interface Search {
    List<Due> next(Position after, int limit, Set<UUID> without);
  }

  private static List<UUID> walk(Search search) {
    var walked = new ArrayList<UUID>();
    Position after = Position.FIRST;
    for (List<Due> page = search.next(after, 2, Set.of());
        !page.isEmpty();
        page = search.next(after, 2, Set.of())) {
      page.forEach(due -> walked.add(due.position().id()));
      after = page.getLast().position();
    }
    return walked;
  }

  private void add(String status, String resolvesBy, String expiresAt) {
    jdbc.sql(
            """
            insert into payments (merchant_id, id, status, amount, currency, payer, payee,
                                  capture_method, amount_captured, amount_refunded, metadata,
                                  granted_ms, used_ms, hold_seconds, event_count, created_at,
                                  resolves_by, expires_at)
            values (?, ?, ?, 100, 'EUR', 'alice', 'shop', 'manual', 0, 0, '{}', 2000, 3, 0, 1, now(),
                    cast(? as timestamptz), cast(? as timestamptz))
            """)
        .params(MERCHANT, UUID.randomUUID(), status, resolvesBy, expiresAt)
        .update();
  }
}
