package io.quittance.analytics.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.analytics.pane.PaneStore;
import io.quittance.analytics.pane.Sketch;
import io.quittance.analytics.pane.StoredSketches;
import io.quittance.database.Dialect;
import io.quittance.database.ReportConnections;
import io.quittance.money.Money;
import io.quittance.payment.event.PaymentTransition;
import io.quittance.payment.event.RefundChange;
import io.quittance.testing.H2;
import io.quittance.testing.Postgres;
import io.quittance.web.TypeId;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;

/** Roll-ups of several replicas beside writers, on both databases. */
@Tag("side-by-side")
@ExtendWith(OutputCaptureExtension.class)
class RollUpIT {

  private static final int WRITERS = 4;
  private static final int DELTAS = 40;

  /** Of a later version. */
  private static final byte[] UNREADABLE = {99};

  private final UUID merchant = TypeId.next();
  private final Instant createdAt = Instant.now();

  static List<Arguments> databases() {
    return List.of(
        Arguments.of("H2", H2.migrated()),
        Arguments.of("PostgreSQL", Postgres.create().migrated().dataSource()));
  }

  /** Each payment is written twice: as it is begun, and as it has succeeded. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void countEachDeltaOnceAmongSeveralReplicas(String name, DataSource database) throws Exception {
    register(database);
    var work = new ArrayList<Callable<Integer>>();
    for (int writer = 0; writer < WRITERS; writer++) {
      int number = writer;
      work.add(() -> write(database, number));
    }
    for (int replica = 0; replica < 3; replica++) {
      RollUp rollUp = rollUp(database, 100);
      work.add(() -> rollUpOften(rollUp));
    }
    try (var threads = Executors.newFixedThreadPool(work.size())) {
      for (Future<Integer> done : threads.invokeAll(work)) {
        done.get();
      }
    }
    rollUp(database, 100).rollUp();

    assertThat(count(database, "select count(*) from analytics_payment_deltas")).isZero();
    for (int step : List.of(1, 60, 3600)) {
      assertThat(sums(database, "payments", step))
          .isEqualTo(Map.of("currency=EUR&status=succeeded", (long) WRITERS * DELTAS));
    }
    assertThat(sums(database, "refunds", 3600))
        .containsOnly(Map.entry("currency=EUR&payee=shop", 160L));
    assertThat(count(database, "select events from analytics_roll_ups"))
        .isEqualTo(WRITERS * DELTAS);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void countsPayeesBeyondTheLimitAsOther(String name, DataSource database) throws Exception {
    register(database);
    RollUp rollUp = rollUp(database, 2);
    for (String payee : List.of("a", "b", "c", "d", "a")) {
      add(
          database,
          new PaymentDelta(merchant, List.of(change(payee, null, "processing")), List.of()));
      rollUp.rollUp();
    }
    add(
        database,
        new PaymentDelta(merchant, List.of(change("c", "processing", "succeeded")), List.of()));
    rollUp.rollUp();

    assertThat(sums(database, "payments.by_payee", 3600))
        .isEqualTo(
            Map.of(
                "currency=EUR&payee=a&status=processing", 2L,
                "currency=EUR&payee=b&status=processing", 1L,
                "currency=EUR&payee=other&status=processing", 1L,
                "currency=EUR&payee=other&status=succeeded", 1L));
  }

  /** Whatever the order in which they are looked at, some come after the one that fails. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void aMerchantWhoseDeltasCannotBeReadKeepsNoOtherWaitingAndIsTold(
      String name, DataSource database, CapturedOutput output) throws Exception {
    register(database);
    byte[] unknownVersion = {127};
    add(database, merchant, unknownVersion);
    var delta = new PaymentDelta(merchant, List.of(change("shop", null, "processing")), List.of());
    for (int i = 0; i < 6; i++) {
      UUID other = TypeId.next();
      register(database, other);
      add(database, other, DeltaWriter.bytes(delta));
    }

    rollUp(database, 100).rollUp();

    assertThat(output)
        .contains(TypeId.format("mch", merchant) + " could not be rolled up")
        .contains("unknown version");
    assertThat(
            JdbcClient.create(database)
                .sql("select merchant_id from analytics_payment_deltas")
                .query(UUID.class)
                .list())
        .containsExactly(merchant);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void theOldestDeltaIsToldOfUntilItIsRolledUp(String name, DataSource database) throws Exception {
    register(database);
    var registry = new SimpleMeterRegistry();
    var watch = new DeltaWatch(new JdbcTemplate(database), new Dialect(database), registry);
    Gauge oldest = registry.get("quittance.analytics.oldest.delta").gauge();
    assertThat(oldest.value()).as("not looked yet").isNaN();
    var delta = new PaymentDelta(merchant, List.of(change("shop", null, "processing")), List.of());
    add(database, delta);
    JdbcClient.create(database)
        .sql("update analytics_payment_deltas set id = ?")
        .param(TypeId.first(createdAt.minus(Duration.ofHours(1))))
        .update();
    add(database, delta);

    watch.check();
    assertThat(oldest.value()).isGreaterThanOrEqualTo(3600);

    rollUp(database, 100).rollUp();
    watch.check();
    assertThat(oldest.value()).isZero();
  }

  /** Three payments, of which the panes lose one. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void aPaymentThatPanesLackIsFound(String name, DataSource database) throws Exception {
    register(database);
    Instant from = createdAt.truncatedTo(ChronoUnit.MINUTES);
    Instant to = from.plus(Duration.ofMinutes(1));
    PaneWatch watch = watch(database);
    for (int i = 0; i < 3; i++) {
      store(database, merchant);
      add(
          database,
          new PaymentDelta(merchant, List.of(change("shop", null, "processing")), List.of()));
    }

    assertThat(watch.difference(from, to)).as("pending").isZero();
    rollUp(database, 100).rollUp();
    assertThat(watch.difference(from, to)).as("rolled up").isZero();
    JdbcClient.create(database)
        .sql("update analytics_panes set occurrences = 2 where metric = 'payments' and step = 60")
        .update();
    assertThat(watch.difference(from, to)).isEqualTo(1);
    assertThat(watch.difference(to, to.plus(Duration.ofMinutes(1)))).as("next minute").isZero();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void aDeltaThatCannotBeReadKeepsNoOtherMerchantWaiting(String name, DataSource database)
      throws Exception {
    register(database);
    UUID other = TypeId.next();
    register(database, other);
    add(database, other, UNREADABLE);
    add(
        database,
        new PaymentDelta(merchant, List.of(change("shop", null, "processing")), List.of()));

    rollUp(database, 100).rollUp();

    assertThat(sums(database, "payments", 3600))
        .isEqualTo(Map.of("currency=EUR&status=processing", 1L));
    assertThat(count(database, "select count(*) from analytics_payment_deltas")).isEqualTo(1);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void panesAreComparedAlsoBesideADeltaThatCannotBeRead(String name, DataSource database)
      throws Exception {
    register(database);
    UUID other = TypeId.next();
    register(database, other);
    store(database, other);
    add(database, other, UNREADABLE);
    store(database, merchant);

    Instant from = createdAt.truncatedTo(ChronoUnit.MINUTES);
    assertThat(watch(database).difference(from, from.plus(Duration.ofMinutes(1)))).isEqualTo(1);
  }

  /** Some 2<sup>63</sup> of one payer's in each of two roll-ups, which are one hour's panes. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void payersSumsAreNotLimitedByALong(String name, DataSource database) throws Exception {
    register(database);
    RollUp rollUp = rollUp(database, 100);
    int payments = 1_030;
    for (int part = 0; part < 2; part++) {
      var changes = new ArrayList<PaymentTransition>();
      for (int i = 0; i < payments; i++) {
        changes.add(change("EUR", "shop", Money.MAX_AMOUNT, null, "succeeded"));
      }
      add(database, new PaymentDelta(merchant, changes, List.of()));
      rollUp.rollUp();
    }

    assertThat(count(database, "select count(*) from analytics_payment_deltas")).isZero();
    for (int step : List.of(1, 60, 3600)) {
      var payers = new Sketch.Frequent();
      payers.merge(
          JdbcClient.create(database)
              .sql("select sketch from analytics_panes where metric = ? and step = ?")
              .params(PaymentPanes.LARGE_PAYERS, step)
              .query(byte[].class)
              .single());
      Sketch.Frequent.Weighed heaviest = payers.heaviest(1).getFirst();
      assertThat(heaviest.value()).isEqualTo("alice");
      assertThat(heaviest.weight().doubleValue() / Money.MAX_AMOUNT)
          .isCloseTo(2.0 * payments, within(1e-6));
      assertThat(
              JdbcClient.create(database)
                  .sql("select amount from analytics_panes where metric = ? and step = ?")
                  .params(PaymentPanes.PAYMENTS, step)
                  .query(BigDecimal.class)
                  .single())
          .isEqualByComparingTo(
              BigDecimal.valueOf(Money.MAX_AMOUNT).multiply(BigDecimal.valueOf(2L * payments)));
    }
  }

  /** The first one cannot be read, and the database refuses the third one's labels. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void aDeltaThatFailsKeepsNoneOfItsMerchantsWaiting(String name, DataSource database)
      throws Exception {
    register(database);
    RollUp rollUp = rollUp(database, 100);
    var good = new PaymentDelta(merchant, List.of(change("shop", null, "processing")), List.of());
    var refused =
        new PaymentDelta(
            merchant, List.of(change("E".repeat(3_000), "shop", 1, null, "processing")), List.of());
    add(database, merchant, UNREADABLE);
    add(database, good);
    add(database, refused);
    add(database, good);

    rollUp.rollUp();
    assertThat(count(database, "select count(*) from analytics_payment_deltas")).isEqualTo(2);
    add(database, good);
    rollUp.rollUp();

    assertThat(count(database, "select count(*) from analytics_payment_deltas")).isEqualTo(2);
    assertThat(sums(database, "payments", 3600))
        .isEqualTo(Map.of("currency=EUR&status=processing", 3L));
  }

  /** Of more changes than are read, the oldest are. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void readersReadNoMoreOfABacklogThanALimit(String name, DataSource database) throws Exception {
    register(database);
    int each = 1_000;
    add(
        database,
        new PaymentDelta(
            merchant, Collections.nCopies(each, change("shop", null, "begun")), List.of()));
    var change = change("shop", null, "processing");
    for (int changes = 0; changes < PendingDeltas.CHANGES_MAX; changes += each) {
      add(database, new PaymentDelta(merchant, Collections.nCopies(each, change), List.of()));
    }

    assertThat(pending(database))
        .isEqualTo(
            Map.of(
                "currency=EUR&status=begun",
                (long) each,
                "currency=EUR&status=processing",
                (long) PendingDeltas.CHANGES_MAX - each));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void readersLeaveOutADeltaThatCannotBeRead(String name, DataSource database) throws Exception {
    register(database);
    add(database, merchant, UNREADABLE);
    add(
        database,
        new PaymentDelta(merchant, List.of(change("shop", "processing", "succeeded")), List.of()));

    assertThat(pending(database))
        .isEqualTo(
            Map.of("currency=EUR&status=processing", -1L, "currency=EUR&status=succeeded", 1L));
    assertThat(
            new PendingDeltas(PanesAudit.properties(Map.of()))
                .events(new JdbcTemplate(database), merchant))
        .isEqualTo(1);
  }

  /** Payments that are not rolled up yet, as readers see them. */
  private Map<String, Long> pending(DataSource database) {
    Map<String, Long> sums = new TreeMap<>();
    new PendingDeltas(PanesAudit.properties(Map.of()))
        .read(new JdbcTemplate(database), merchant)
        .forEach(
            (key, delta) -> {
              if (key.metric().equals(PaymentPanes.PAYMENTS)) {
                sums.merge(key.labels().text(), delta.totalOccurrences(), Long::sum);
              }
            });
    return sums;
  }

  /** A payment as the journal stores it, in the minute of all of them. */
  private void store(DataSource database, UUID ofMerchant) {
    JdbcClient.create(database)
        .sql(
            """
            insert into payments (merchant_id, id, status, amount, currency, payer, payee,
              capture_method, amount_captured, amount_refunded, metadata, granted_ms, used_ms,
              hold_seconds, event_count, created_at, resolves_by, counted)
            values (?, ?, 'processing', 100, 'EUR', 'alice', 'shop', 'automatic', 0, 0, '{}', 2000,
              0, 60, 0, ?, ?, true)
            """)
        .params(
            ofMerchant,
            TypeId.next(),
            createdAt.atOffset(ZoneOffset.UTC),
            createdAt.atOffset(ZoneOffset.UTC))
        .update();
  }

  private static PaneWatch watch(DataSource database) throws SQLException {
    return new PaneWatch(
        new ReportConnections(database, 1, Duration.ofMinutes(1)),
        new Dialect(database),
        new PendingDeltas(PanesAudit.properties(Map.of())),
        new SimpleMeterRegistry());
  }

  private void register(DataSource database) {
    for (String table :
        List.of("analytics_panes", "analytics_payment_deltas", "analytics_roll_ups", "payments")) {
      JdbcClient.create(database).sql("delete from " + table).update();
    }
    register(database, merchant);
  }

  private static void register(DataSource database, UUID merchantId) {
    JdbcClient.create(database)
        .sql("insert into merchants (id, name, created_at) values (?, 'm', current_timestamp)")
        .param(merchantId)
        .update();
  }

  private int write(DataSource database, int writer) {
    for (int i = 0; i < DELTAS; i++) {
      add(
          database,
          new PaymentDelta(merchant, List.of(change("shop", null, "processing")), List.of()));
      add(
          database,
          new PaymentDelta(
              merchant,
              List.of(change("shop", "processing", "succeeded")),
              List.of(new RefundChange(merchant, Instant.now(), "EUR", "shop", writer))));
    }
    return DELTAS;
  }

  private static int rollUpOften(RollUp rollUp) {
    for (int i = 0; i < 40; i++) {
      rollUp.rollUp();
    }
    return 0;
  }

  private PaymentTransition change(String payee, @Nullable String before, String after) {
    return change("EUR", payee, 100, before, after);
  }

  private PaymentTransition change(
      String currency, String payee, long amount, @Nullable String before, String after) {
    return new PaymentTransition(
        merchant,
        createdAt,
        currency,
        "alice",
        payee,
        amount,
        before,
        after,
        null,
        List.of(),
        5,
        before == null ? 0 : 1);
  }

  private void add(DataSource database, PaymentDelta delta) {
    add(database, merchant, DeltaWriter.bytes(delta));
  }

  private static void add(DataSource database, UUID merchantId, byte[] payload) {
    new JdbcTemplate(database)
        .update(
            "insert into analytics_payment_deltas (merchant_id, id, payload) values (?, ?, ?)",
            merchantId,
            TypeId.next(),
            payload);
  }

  private static RollUp rollUp(DataSource database, int labelValuesMax) throws SQLException {
    var dialect = new Dialect(database);
    return new RollUp(
        new JdbcTemplate(database),
        new DataSourceTransactionManager(database),
        dialect,
        new PaneStore(dialect, new StoredSketches(new SimpleMeterRegistry())),
        PanesAudit.properties(Map.of("quittance.analytics.max-label-values", labelValuesMax)));
  }

  private static long count(DataSource database, String sql) {
    return JdbcClient.create(database).sql(sql).query(Long.class).single();
  }

  /** The sums that are not 0: what is begun and done within one roll-up leaves no pane. */
  private static Map<String, Long> sums(DataSource database, String metric, int step) {
    Map<String, Long> sums = new TreeMap<>();
    JdbcClient.create(database)
        .sql(
            "select labels, sum(occurrences) as n from analytics_panes"
                + " where metric = ? and step = ? group by labels"
                + " having sum(occurrences) <> 0")
        .params(metric, step)
        .query(
            row -> {
              sums.put(row.getString("labels"), row.getLong("n"));
            });
    return sums;
  }
}
