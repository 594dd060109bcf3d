package io.quittance.contract;

import static io.quittance.contract.Client.move;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quittance.testing.Postgres;
import io.quittance.testing.Sandbox;
import io.quittance.web.TypeId;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A payment reads the rows that it names soon after tables have grown, although PostgreSQL saw them
 * empty when it looked at them last, and keeps the plans that it made then.
 */
@Tag("long")
class YoungDatabaseIT {

  private static final int ROWS = 20_000;
  private static final int PAYMENTS = 20;
  private static final int ROWS_PER_PAYMENT_MAX = 200;
  private static final List<String> TABLES =
      List.of("payments", "accounts", "idempotency_keys", "transfers");

  private final Postgres.Database database = Postgres.create().migrated();
  private final JdbcClient jdbc = JdbcClient.create(database.dataSource());

  @Test
  void readsTheRowsOfAPaymentOnly() {
    for (String table : TABLES) {
      jdbc.sql("alter table " + table + " set (autovacuum_enabled = false)").update();
    }
    try (Sandbox sandbox = Sandbox.on(database)) {
      Client operator = new Client(sandbox.uri(), Sandbox.OPERATOR_KEY);
      Answer registered = operator.post("/v1/merchants", object("name", "Corner Shop")).is(201);
      Client merchant = operator.with(registered.text("/api_key/secret"));
      merchant.put("/v1/accounts/world", object("currency", "EUR", "kind", "external")).is(201);
      merchant.open("alice");
      merchant.open("shop");
      merchant.transfer(move(1_000_000, "world", "alice")).send().is(201);
      jdbc.sql("vacuum analyze").update();
      pay(merchant);
      UUID id = TypeId.parse("mch", registered.text("/id")).orElseThrow();
      grow(id);
      pay(merchant);
      awaitInserted(ROWS + 2 * PAYMENTS);
      long before = rowsRead();

      pay(merchant);

      awaitInserted(ROWS + 3 * PAYMENTS);
      assertThat(rowsRead() - before)
          .as(() -> "rows read, in all of them by now: " + byIndex())
          .isLessThan(PAYMENTS * ROWS_PER_PAYMENT_MAX);
    }
  }

  /** One after the other: each is a batch of its own, with its statements. */
  private static void pay(Client merchant) {
    for (int i = 0; i < PAYMENTS; i++) {
      merchant
          .pay(
              object(
                  "amount",
                  100,
                  "currency",
                  "EUR",
                  "payer",
                  "alice",
                  "payee",
                  "shop",
                  "reference",
                  UUID.randomUUID().toString()))
          .is(201);
    }
  }

  private void grow(UUID merchant) {
    jdbc.sql(
            """
            insert into payments (merchant_id, id, status, amount, currency, payer, payee,
                                  capture_method, amount_captured, amount_refunded, metadata,
                                  granted_ms, used_ms, hold_seconds, event_count, created_at,
                                  resolves_by, reference)
            select ?, gen_random_uuid(), 'succeeded', 100, 'EUR', 'p' || i, 'shop', 'automatic',
                   100, 0, '{}', 2000, 3, 0, 1, now() - i * interval '1 ms', now(), 'r' || i
              from generate_series(1, ?) i
            """)
        .params(merchant, ROWS)
        .update();
    jdbc.sql(
            """
            insert into idempotency_keys (merchant_id, operation, idempotency_key, fingerprint,
                                          object_id, runs_until, created_at)
            select ?, 'payment', 'k' || i, '', gen_random_uuid(), now(), now()
              from generate_series(1, ?) i
            """)
        .params(merchant, ROWS)
        .update();
    jdbc.sql(
            """
            insert into accounts (merchant_id, id, currency, kind, metadata, created_at, posted,
                                  pending_out, pending_in, entry_count, overdraft_limit, status)
            select ?, 'a' || i, 'EUR', 'standard', '{}', now(), 0, 0, 0, 0, 0, 'open'
              from generate_series(1, ?) i
            """)
        .params(merchant, ROWS)
        .update();
  }

  /** Counters are told a while after their transactions. */
  private void awaitInserted(int payments) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(sum("n_tup_ins", List.of("payments"))).isEqualTo(payments));
  }

  private long rowsRead() {
    return sum("seq_tup_read + coalesce(idx_tup_fetch, 0)", TABLES);
  }

  /** To tell which statement it is that reads too much. */
  private List<String> byIndex() {
    return jdbc.sql(
            """
            select indexrelname || ' ' || idx_tup_fetch from pg_stat_user_indexes
             where idx_tup_fetch > 0
            union all
            select relname || ' whole ' || seq_tup_read from pg_stat_user_tables
             where seq_tup_read > 0
            """)
        .query(String.class)
        .list();
  }

  private long sum(String counter, List<String> tables) {
    return jdbc.sql(
            "select sum(%s) from pg_stat_user_tables where relname in (:tables)".formatted(counter))
        .param("tables", tables)
        .query(Long.class)
        .single();
  }
}
