package io.quittance.analytics.pane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.database.Dialect;
import io.quittance.money.Money;
import io.quittance.testing.H2;
import io.quittance.testing.Postgres;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.PreparedStatementCreator;
import org.springframework.jdbc.core.PreparedStatementSetter;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Adding to panes, on both databases. */
class PaneStoreIT {

  private static final Instant NOW = Instant.parse("2026-03-29T01:00:05Z");
  private static final UUID MERCHANT = new UUID(0, 1);
  private static final String METRIC = "events";
  private static final Labels LABELS = Labels.of(Map.of("type", "view"));
  private static final long MAX_AMOUNT = Money.MAX_AMOUNT;

  private final MeterRegistry registry = new SimpleMeterRegistry();

  static List<Arguments> databases() {
    return List.of(
        Arguments.of("H2", H2.migrated()),
        Arguments.of("PostgreSQL", Postgres.create().migrated().dataSource()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void addsToThePaneOfEachStepInWhichASecondLies(String name, DataSource database)
      throws Exception {
    add(database, deltaAt(NOW, 2));
    add(database, deltaAt(NOW, 3));
    add(database, deltaAt(NOW.plusSeconds(59), 1));

    assertThat(occurrences(database, Step.SECOND)).containsExactly(5L, 1L);
    assertThat(occurrences(database, Step.MINUTE)).containsExactly(5L, 1L);
    assertThat(occurrences(database, Step.HOUR)).containsExactly(6L);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void addsNothingToPanesThatMayBeGone(String name, DataSource database) throws Exception {
    add(database, deltaAt(NOW.minus(Duration.ofHours(23)), 1));

    assertThat(occurrences(database, Step.SECOND)).isEmpty();
    assertThat(occurrences(database, Step.MINUTE)).containsExactly(1L);
    assertThat(occurrences(database, Step.HOUR)).containsExactly(1L);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void sumsUpAmountsBeyondALong(String name, DataSource database) throws Exception {
    var deltas = new PaneDeltas();
    for (int i = 0; i < 3000; i++) {
      deltas.at(MERCHANT, METRIC, LABELS, NOW.getEpochSecond()).occurrences(1).amount(MAX_AMOUNT);
    }
    add(database, deltas);
    add(database, deltas);

    assertThat(
            JdbcClient.create(database)
                .sql("select amount from analytics_panes where step = 3600")
                .query(BigDecimal.class)
                .single())
        .isEqualByComparingTo(BigDecimal.valueOf(MAX_AMOUNT).multiply(BigDecimal.valueOf(6000)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void mergesSketches(String name, DataSource database) throws Exception {
    for (int part = 0; part < 2; part++) {
      var deltas = new PaneDeltas();
      for (int i = 0; i < 10_000; i++) {
        deltas.at(MERCHANT, "sessions", LABELS, NOW.getEpochSecond()).distinct(part * 5_000L + i);
        deltas.at(MERCHANT, "latency", LABELS, NOW.getEpochSecond()).sample(part * 10_000 + i);
      }
      add(database, deltas);
    }

    var sessions = new Sketch.Distinct();
    sessions.merge(sketch(database, "sessions"));
    var latency = new Sketch.Quantiles();
    latency.merge(sketch(database, "latency"));

    assertThat(sessions.estimate()).isCloseTo(15_000, within(15_000 * 0.05));
    assertThat(latency.quantile(0.9)).isCloseTo(18_000, within(20_000 * 0.01));
  }

  /** Some 2<sup>64</sup> in all. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void mergesWeightsBeyondALong(String name, DataSource database) throws Exception {
    for (int part = 0; part < 4; part++) {
      var deltas = new PaneDeltas();
      for (int i = 0; i < 512; i++) {
        deltas
            .at(MERCHANT, "payers", LABELS, NOW.getEpochSecond())
            .frequent(i % 4 == 0 ? "bob" : "alice", MAX_AMOUNT);
      }
      add(database, deltas);
    }
    var payers = new Sketch.Frequent();
    payers.merge(sketch(database, "payers"));

    List<Sketch.Frequent.Weighed> heaviest = payers.heaviest(2);
    assertThat(heaviest).extracting(Sketch.Frequent.Weighed::value).containsExactly("alice", "bob");
    assertThat(heaviest)
        .extracting(one -> one.weight().doubleValue() / MAX_AMOUNT)
        .satisfiesExactly(
            alice -> assertThat(alice).isCloseTo(1536, within(1e-6)),
            bob -> assertThat(bob).isCloseTo(512, within(1e-6)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void replacesASketchThatCannotBeRead(String name, DataSource database) throws Exception {
    var deltas = new PaneDeltas();
    PaneDelta delta = deltas.at(MERCHANT, "sessions", LABELS, NOW.getEpochSecond());
    delta.occurrences(1).distinct(1);
    add(database, deltas);
    byte[] unreadable = {99};
    JdbcClient.create(database)
        .sql("update analytics_panes set sketch = ? where step = 60")
        .param(unreadable)
        .update();
    delta.distinct(2);
    add(database, deltas);

    var sessions = new Sketch.Distinct();
    sessions.merge(sketch(database, "sessions"));
    assertThat(sessions.estimate()).isCloseTo(2, within(0.01));
    assertThat(occurrences(database, Step.MINUTE)).containsExactly(2L);
    assertThat(registry.get("quittance.analytics.unreadable.sketches").counter().count())
        .isEqualTo(1);
  }

  /** Each adds the same panes in an order of its own, and none of them is the victim of another. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void losesNothingAmongManyWriters(String name, DataSource database) throws Exception {
    boolean oneByOne = name.equals("H2");
    try (var writers = Executors.newFixedThreadPool(oneByOne ? 1 : 4)) {
      List<Callable<Void>> work =
          IntStream.range(0, 20)
              .<Callable<Void>>mapToObj(
                  _ ->
                      () -> {
                        var deltas = new PaneDeltas();
                        for (int i = 0; i < 100; i++) {
                          deltas
                              .at(MERCHANT, METRIC + i, LABELS, NOW.getEpochSecond())
                              .occurrences(1)
                              .distinct(i);
                        }
                        add(database, deltas);
                        return null;
                      })
              .toList();
      for (var done : writers.invokeAll(work)) {
        done.get();
      }
    }

    assertThat(occurrences(database, Step.HOUR)).hasSize(100).containsOnly(20L);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void forgetsWhatIsTooOldForItsStep(String name, DataSource database) throws Exception {
    add(database, deltaAt(NOW, 1));
    sweepAt(database, NOW.plus(Duration.ofMinutes(15)));
    assertThat(occurrences(database, Step.SECOND)).hasSize(1);
    sweepAt(database, NOW.plus(Duration.ofMinutes(21)));
    assertThat(occurrences(database, Step.SECOND)).isEmpty();
    assertThat(occurrences(database, Step.MINUTE)).hasSize(1);
    sweepAt(database, NOW.plus(Duration.ofDays(8)));
    assertThat(occurrences(database, Step.MINUTE)).isEmpty();
    assertThat(occurrences(database, Step.HOUR)).hasSize(1);
    sweepAt(database, NOW.plus(Duration.ofDays(402)));
    assertThat(occurrences(database, Step.HOUR)).isEmpty();
  }

  /** The figures of all merchants of an hour: no statement deletes as many as it likes. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void forgetsPanesOfOneInstantAPartAtATime(String name, DataSource database) throws Exception {
    JdbcClient jdbc = JdbcClient.create(database);
    jdbc.sql(
            """
            insert into analytics_panes (merchant_id, metric, step, starts_at, labels, occurrences, amount)
            select cast(? as uuid), 'events', 3600, cast(? as timestamp with time zone), 'n=' || n, 1, 0
              from %s as numbers(n)
            """
                .formatted(
                    new Dialect(database)
                        .either("generate_series(1, 9000)", "system_range(1, 9000)")))
        .params(MERCHANT.toString(), NOW.atOffset(ZoneOffset.UTC))
        .update();
    var largest = new AtomicInteger();
    new PaneRetention(
            JdbcClient.create(noting(largest, database)),
            new Dialect(database),
            () -> NOW.plus(Duration.ofDays(402)))
        .sweep();

    assertThat(occurrences(database, Step.HOUR)).isEmpty();
    assertThat(largest).hasValueLessThanOrEqualTo(4000);
  }

  private static JdbcTemplate noting(AtomicInteger largest, DataSource database) {
    return new JdbcTemplate(database) {
      @Override
      protected int update(
          PreparedStatementCreator statement, @Nullable PreparedStatementSetter values) {
        int rows = super.update(statement, values);
        largest.accumulateAndGet(rows, Math::max);
        return rows;
      }
    };
  }

  private static void sweepAt(DataSource database, Instant instant) throws SQLException {
    new PaneRetention(JdbcClient.create(database), new Dialect(database), () -> instant).sweep();
  }

  private static PaneDeltas deltaAt(Instant time, long occurrences) {
    var deltas = new PaneDeltas();
    deltas.at(MERCHANT, METRIC, LABELS, time.getEpochSecond()).occurrences(occurrences);
    return deltas;
  }

  private void add(DataSource database, PaneDeltas deltas) throws SQLException {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      new PaneStore(new Dialect(database), new StoredSketches(registry))
          .add(connection, deltas, NOW.plusSeconds(60));
      connection.commit();
    }
  }

  private static List<Long> occurrences(DataSource database, Step step) {
    return JdbcClient.create(database)
        .sql("select occurrences from analytics_panes where step = ? order by metric, starts_at")
        .param(step.seconds())
        .query(Long.class)
        .list();
  }

  private static byte[] sketch(DataSource database, String metric) {
    return JdbcClient.create(database)
        .sql("select sketch from analytics_panes where metric = ? and step = 60")
        .param(metric)
        .query(byte[].class)
        .single();
  }
}
