package io.quittance.analytics.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.cumulative.CumulativeCounter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.analytics.enrich.Enrichment;
import io.quittance.analytics.enrich.KnownPayments;
import io.quittance.analytics.event.EventFormat;
import io.quittance.analytics.event.EventParser;
import io.quittance.analytics.name.Vocabularies;
import io.quittance.analytics.pane.AnalyticsProperties;
import io.quittance.analytics.pane.PaneStore;
import io.quittance.analytics.pane.Totals;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.pool.WorkerPool;
import io.quittance.database.SqlFailure;
import io.quittance.testing.Postgres;
import io.quittance.web.TypeId;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Bodies of two merchants in one batch, when something is wrong with the rows of one of them. */
@SpringBootTest
@ActiveProfiles("sandbox")
class DatabaseBodyCounterIT {

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @DynamicPropertySource
  static void database(DynamicPropertyRegistry properties) {
    properties.add("spring.datasource.url", Postgres.create()::url);
    properties.add("spring.datasource.username", () -> Postgres.Database.USER);
    properties.add("spring.datasource.password", () -> Postgres.Database.PASSWORD);
  }

  @Autowired private DatabaseBodyCounter.Services services;
  @Autowired private AnalyticsProperties properties;
  @Autowired private EventParser parser;
  @Autowired private Vocabularies vocabularies;
  @Autowired private Totals totals;
  @Autowired private PaneStore panes;
  @Autowired private KnownPayments payments;
  @Autowired private PendingLimit pendingLimit;
  @Autowired private Enrichment enrichment;
  @Autowired private JdbcClient jdbc;

  @Value("${spring.datasource.url}")
  private String url;

  private final UUID troubled = TypeId.next();
  private final UUID other = TypeId.next();
  private WorkerPool<Body, IntakeResult> pool;

  /** Both have rows, and no new names. */
  @BeforeEach
  void start() throws SQLException {
    var counter = new DatabaseBodyCounter(services, properties);
    pool =
        WorkerPool.<Body, IntakeResult>named("counter", counter::count)
            .maxBatch(3)
            .start(new SimpleMeterRegistry());
    submit(body(troubled, "first", null), body(other, "first", null))
        .forEach(CompletableFuture::join);
  }

  @AfterEach
  void stop() {
    pool.close();
  }

  private Body body(UUID merchant, String event, String key) throws SQLException {
    byte[] bytes = "{\"id\":\"%s\",\"type\":\"t\"}".formatted(event).getBytes(UTF_8);
    var content =
        parser.parse(bytes, EventFormat.LINES, merchant, vocabularies.of(merchant), Instant.now());
    var once = key == null ? null : new Body.Key(key, "fingerprint");
    return new Body(merchant, content, once, bytes.length);
  }

  private List<CompletableFuture<IntakeResult>> submit(Body... bodies) {
    return pool.submitAll(List.of(bodies), Deadline.after(PATIENCE));
  }

  @Test
  void aLockedMerchantKeepsNoOtherFromBeingCounted() throws SQLException {
    try (Connection lock = locked(troubled)) {

      List<CompletableFuture<IntakeResult>> answers =
          submit(
              body(troubled, "second", null),
              body(other, "second", null),
              body(troubled, "third", null));

      assertThat(answers.get(1).join().response().accepted()).isEqualTo(1);
      assertThatThrownBy(answers.getFirst()::join)
          .satisfies(failure -> assertThat(SqlFailure.unavailable(failure)).isTrue());
      assertThatThrownBy(answers.getLast()::join).hasCauseInstanceOf(SQLException.class);
      lock.rollback();
    }
    assertThat(totals.of(troubled).accepted()).isEqualTo(1);
    assertThat(totals.of(other).accepted()).isEqualTo(2);
    assertThat(submit(body(troubled, "second", null)).getFirst().join().response().accepted())
        .as("no duplicate, because it was not counted")
        .isEqualTo(1);
  }

  /** A connection that has the lock of a merchant's totals. */
  private Connection locked(UUID merchant) throws SQLException {
    return new Postgres.Database(url)
        .locking("select 1 from analytics_totals where merchant_id = ? for update", merchant);
  }

  /** What fails after the commit is no reason to count the bodies once more. */
  @Test
  void countsOnceWhateverFailsAfterTheCommit() throws SQLException {
    var failing =
        new DatabaseBodyCounter.Services(
            services.connections(),
            services.dialect(),
            services.keys(),
            services.vocabularies(),
            services.names(),
            new IntakeSumsWriter(
                totals, panes, payments, pendingLimit, enrichment, new EventMeters(new Failing())),
            services.clocks());
    var counter = new DatabaseBodyCounter(failing, properties);
    try (WorkerPool<Body, IntakeResult> own =
        WorkerPool.<Body, IntakeResult>named("failing", counter::count)
            .start(new SimpleMeterRegistry())) {

      List<CompletableFuture<IntakeResult>> answers =
          own.submitAll(
              List.of(body(troubled, "second", null), body(other, "second", null)),
              Deadline.after(PATIENCE));

      assertThat(answers)
          .allSatisfy(answer -> assertThat(answer.join().response().accepted()).isEqualTo(1));
    }
    assertThat(totals.of(troubled).accepted()).isEqualTo(2);
    assertThat(totals.of(other).accepted()).isEqualTo(2);
  }

  private static final class Failing extends SimpleMeterRegistry {

    @Override
    protected Counter newCounter(Meter.Id id) {
      return new CumulativeCounter(id) {
        @Override
        public void increment(double amount) {
          throw new IllegalStateException("a meter that fails");
        }
      };
    }
  }

  @Test
  void aStoredAnswerThatCannotBeReadKeepsNoOtherFromBeingCounted() throws SQLException {
    jdbc.sql(
            """
            insert into analytics_bodies (merchant_id, idempotency_key, fingerprint, answer,
              counted, created_at) values (?, 'key', 'fingerprint', 'x', true, current_timestamp)
            """)
        .param(troubled)
        .update();

    List<CompletableFuture<IntakeResult>> answers =
        submit(body(troubled, "second", "key"), body(other, "second", "key"));

    assertThat(answers.getLast().join().response().accepted()).isEqualTo(1);
    assertThatThrownBy(answers.getFirst()::join).hasCauseInstanceOf(IllegalStateException.class);
  }
}
