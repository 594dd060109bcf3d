package io.quittance.analytics.enrich;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.analytics.pane.AnalyticsConnections;
import io.quittance.analytics.pane.Totals;
import io.quittance.testing.Postgres;
import io.quittance.web.TypeId;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Pending events of two merchants, when something is wrong with the rows of one of them. */
@Tag("side-by-side")
@SpringBootTest(properties = "quittance.analytics.catch-up-interval=1h")
@ActiveProfiles("sandbox")
class EnrichmentIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int BATCHES_AT_ONCE = 16;
  private static final int BATCHES_QUEUED = 256;

  @DynamicPropertySource
  static void database(DynamicPropertyRegistry properties) {
    properties.add("spring.datasource.url", Postgres.create()::url);
    properties.add("spring.datasource.username", () -> Postgres.Database.USER);
    properties.add("spring.datasource.password", () -> Postgres.Database.PASSWORD);
  }

  @Autowired private Enrichment enrichment;
  @Autowired private AnalyticsConnections connections;
  @Autowired private Totals totals;
  @Autowired private JdbcClient jdbc;
  @Autowired private MeterRegistry registry;

  @Value("${spring.datasource.url}")
  private String url;

  private final UUID troubled = TypeId.next();
  private final UUID other = TypeId.next();
  private Instant storedAt = Instant.now().minusSeconds(60);

  @BeforeEach
  @AfterEach
  void clear() {
    jdbc.sql("delete from analytics_pending").update();
  }

  /** Stores an event whose payment does not exist, after those that are there. */
  private PendingBatch store(UUID merchant) throws SQLException {
    try (Connection connection = connections.pool().getConnection()) {
      PendingBatch stored = insert(connection, merchant);
      connection.commit();
      return stored;
    }
  }

  private List<PendingBatch> store(UUID merchant, int batches) throws SQLException {
    var stored = new ArrayList<PendingBatch>();
    for (int i = 0; i < batches; i++) {
      stored.add(store(merchant));
    }
    return stored;
  }

  /** Stores one that only a later version can read. No look-up sees it before its content. */
  private void storeOfALaterVersion(UUID merchant) throws SQLException {
    try (Connection connection = connections.pool().getConnection()) {
      insert(connection, merchant);
      try (var update =
          connection.prepareStatement(
              "update analytics_pending set content = ? where merchant_id = ?")) {
        update.setBytes(1, new byte[] {99});
        update.setObject(2, merchant);
        update.executeUpdate();
      }
      connection.commit();
    }
  }

  private PendingBatch insert(Connection connection, UUID merchant) throws SQLException {
    var counts = new TreeMap<UUID, Totals.Counts>();
    counts.put(merchant, new Totals.Counts(1, 0, 0, 0, 0, 1, 0));
    totals.add(connection, counts);
    return insert(connection, merchant, List.of(TypeId.next()));
  }

  private PendingBatch insert(Connection connection, UUID merchant, List<UUID> payments)
      throws SQLException {
    List<PendingBatch.Event> events =
        payments.stream().map(id -> new PendingBatch.Event(id, 0, List.of())).toList();
    var group = new PendingBatch.Group("t", null, storedAt.getEpochSecond(), events);
    var batch = new PendingBatch(merchant, TypeId.next(), List.of(group));
    PendingTable.insert(connection, List.of(batch), storedAt);
    storedAt = storedAt.plusMillis(1);
    return batch;
  }

  private void awaitLookedUp(UUID merchant, long events) {
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              enrichment.catchUp();
              assertThat(totals.of(merchant).failed()).isEqualTo(events);
            });
    assertThat(totals.of(merchant).pending()).isZero();
  }

  private double failed() {
    return registry
        .get("quittance.pool.jobs")
        .tags("pool", "analytics-enrichment", "outcome", "failed")
        .counter()
        .count();
  }

  /** A connection that has the lock of a merchant's totals. */
  private Connection locked(UUID merchant) throws SQLException {
    return new Postgres.Database(url)
        .locking("select 1 from analytics_totals where merchant_id = ? for update", merchant);
  }

  /** While the first one waits for the lock, the second and the third come into one batch. */
  @Test
  void aLockedMerchantKeepsNoOtherWaiting() throws SQLException {
    store(troubled);
    store(other);
    store(troubled);
    double failed = failed();
    try (Connection lock = locked(troubled)) {

      awaitLookedUp(other, 1);
      lock.rollback();
    }
    Awaitility.await().until(() -> failed() > failed);
    awaitLookedUp(troubled, 2);
  }

  @Test
  void moreBatchesThatFailThanAreTakenAtOnceKeepNoOtherWaiting() throws SQLException {
    store(troubled, BATCHES_AT_ONCE + 1);
    store(other);
    try (Connection lock = locked(troubled)) {

      awaitLookedUp(other, 1);
      lock.rollback();
    }
    awaitLookedUp(troubled, BATCHES_AT_ONCE + 1);
  }

  /** Nothing but what is offered is looked up here. */
  @Test
  void aFloodOfOneMerchantLeavesRoomForOthersInTheQueue() throws SQLException {
    List<PendingBatch> flood = store(troubled, BATCHES_QUEUED + BATCHES_AT_ONCE);
    var mixed = new ArrayList<>(flood.subList(BATCHES_QUEUED, flood.size()));
    mixed.add(store(other));
    try (Connection lock = locked(troubled)) {
      enrichment.offer(flood.subList(0, BATCHES_QUEUED));
      enrichment.offer(mixed);

      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(totals.of(other).failed()).isEqualTo(1));
      lock.rollback();
    }
    awaitLookedUp(troubled, flood.size());
  }

  @Test
  void whatWasLeftOverIsTakenUpWhileAnotherMerchantsBatchesWait() throws SQLException {
    store(other);
    List<PendingBatch> waiting = store(troubled, 4 * BATCHES_AT_ONCE);
    try (Connection lock = locked(troubled)) {
      enrichment.offer(waiting);
      enrichment.catchUp();

      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(totals.of(other).failed()).isEqualTo(1));
      lock.rollback();
    }
    awaitLookedUp(troubled, waiting.size());
  }

  /** A later version wrote it, before a rollback. */
  @Test
  void aPaymentThatCannotBeReadKeepsOnlyItsOwnEventsWaiting() throws SQLException {
    UUID good = pay(troubled, null);
    UUID unreadable = pay(troubled, "approve");
    PendingBatch whole;
    try (Connection connection = connections.pool().getConnection()) {
      var counts = new TreeMap<UUID, Totals.Counts>();
      counts.put(troubled, new Totals.Counts(4, 0, 0, 0, 0, 4, 0));
      totals.add(connection, counts);
      whole = insert(connection, troubled, List.of(good, unreadable, TypeId.next()));
      insert(connection, troubled, List.of(unreadable));
      connection.commit();
    }

    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              enrichment.catchUp();
              assertThat(totals.of(troubled).done()).isEqualTo(1);
            });
    // Another replica has it in its queue as it was.
    enrichment.offer(List.of(whole));
    PendingBatch later;
    try (Connection connection = connections.pool().getConnection()) {
      later = insert(connection, troubled);
      connection.commit();
    }
    enrichment.offer(List.of(later));
    Awaitility.await().atMost(PATIENCE).until(() -> totals.of(troubled).failed() == 2);
    assertThat(totals.of(troubled).done()).isEqualTo(1);
    assertThat(totals.of(troubled).pending()).isEqualTo(2);

    jdbc.sql("update payments set fraud_decision = null where id = ?").param(unreadable).update();
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              enrichment.catchUp();
              assertThat(totals.of(troubled).done()).isEqualTo(3);
            });
    assertThat(totals.of(troubled).pending()).isZero();
  }

  private UUID pay(UUID merchant, @Nullable String decision) {
    UUID id = TypeId.next();
    jdbc.sql(
            """
            insert into payments (merchant_id, id, status, amount, currency, payer, payee,
                                  capture_method, amount_captured, amount_refunded, metadata,
                                  granted_ms, used_ms, hold_seconds, event_count, created_at,
                                  resolves_by, fraud_decision, fraud_score, fraud_reasons,
                                  fraud_source)
            values (?, ?, 'authorized', 100, 'EUR', 'alice', 'shop', 'manual', 0, 0, '{}', 2000, 3, 0,
                    1, now(), now(), ?, 0, '', 'model')
            """)
        .params(merchant, id, decision)
        .update();
    return id;
  }

  @Test
  void aBatchThatCannotBeReadKeepsNoOtherWaiting() throws SQLException {
    storeOfALaterVersion(troubled);
    store(other);

    awaitLookedUp(other, 1);

    assertThat(totals.of(troubled).pending()).isEqualTo(1);
  }
}
