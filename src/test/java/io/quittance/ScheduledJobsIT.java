package io.quittance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.quittance.database.Instants;
import io.quittance.web.TypeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.autoconfigure.actuate.observability.AutoConfigureObservability;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.config.ScheduledTask;
import org.springframework.scheduling.config.ScheduledTaskHolder;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** What operators are told of the service's scheduled jobs, at last when its tables are gone. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@AutoConfigureObservability(tracing = false)
@ActiveProfiles("sandbox")
@DirtiesContext
@TestMethodOrder(OrderAnnotation.class)
class ScheduledJobsIT {

  /** Jobs that do not read or write the database, or have nothing to do in this test. */
  private static final Set<String> WITHOUT_DATABASE =
      Set.of(
          "Channels.tick",
          "Claimer.retryWaiting",
          "LateQueues.remember",
          "Relay.tick",
          "RunningBatches.renewLeases",
          "Traffic.tick");

  /** What jobs read from the database. */
  private static final List<String> FIGURES =
      List.of(
          "quittance_kafka_backlog",
          "quittance_kafka_oldest_waiting_seconds",
          "quittance_ledger_unbalanced_books",
          "quittance_analytics_oldest_delta_seconds",
          "quittance_payments_oldest_left_open_seconds{kind=\"overdue\"}",
          "quittance_payments_oldest_left_open_seconds{kind=\"stranded\"}",
          "quittance_webhook_oldest_unpaused_seconds",
          "quittance_batches_oldest_left_open_seconds",
          "quittance_webhook_oldest_waiting_seconds");

  private static final Path RULES = Path.of("ops/prometheus/rules");
  private static final Pattern TASK = Pattern.compile("\\btask=~?\"([^\"]+)\"");
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final UUID MERCHANT = TypeId.next();
  private static final Instant HOUR_AGO = Instant.now().minus(Duration.ofHours(1));

  @Autowired private List<ScheduledTaskHolder> holders;
  @Autowired private PrometheusMeterRegistry registry;
  @Autowired private JdbcTemplate jdbc;

  @DynamicPropertySource
  static void settings(DynamicPropertyRegistry properties) {
    properties.add(
        "spring.datasource.url",
        () -> "jdbc:h2:mem:%s;DB_CLOSE_DELAY=-1".formatted(UUID.randomUUID()));
    // Nothing listens there. The relay's own jobs need no broker.
    properties.add("quittance.kafka.bootstrap-servers", () -> "127.0.0.1:1");
  }

  @Test
  @Order(1)
  void prometheusIsToldOfEachJobAndRulesAskForJobsThatThereAre() throws IOException {
    String scraped = registry.scrape();
    List<String> names = jobs().map(ScheduledJobsIT::name).toList();

    assertThat(names)
        .allSatisfy(
            name ->
                assertThat(scraped)
                    .contains("quittance_scheduled_age_seconds{task=\"%s\"}".formatted(name))
                    .contains("quittance_scheduled_interval_seconds{task=\"%s\"}".formatted(name)));
    String rules =
        Files.readString(RULES.resolve("alerts.yml")) + Files.readString(RULES.resolve("slo.yml"));
    assertThat(TASK.matcher(rules).results().map(rule -> rule.group(1)))
        .hasSize(2)
        .allSatisfy(
            pattern ->
                assertThat(names).anyMatch(name -> name.matches(pattern.replace("\\\\", "\\"))));
    assertThat(gauge("scheduled.interval", "task", "BooksWatch.look")).isEqualTo(3600);
  }

  /** They cannot be dealt with: their accounts do not exist, and the delta cannot be read. */
  @Test
  @Order(1)
  void whatIsLeftOverForAnHourIsToldOf() throws Exception {
    addPayment("processing");
    addPayment("authorized");
    jdbc.update(
        "insert into analytics_payment_deltas (merchant_id, id, payload) values (?, ?, ?)",
        MERCHANT,
        TypeId.first(HOUR_AGO),
        new byte[] {127});
    jdbc.update(
        "insert into merchants (id, name, created_at) values (?, 'm', current_timestamp)",
        MERCHANT);

    run("Recovery.resolveStranded", "Recovery.expireOverdue", "DeltaWatch.check");

    assertThat(gauge("payments.oldest.left.open", "kind", "stranded")).isGreaterThanOrEqualTo(3600);
    assertThat(gauge("payments.oldest.left.open", "kind", "overdue")).isGreaterThanOrEqualTo(3600);
    assertThat(gauge("analytics.oldest.delta")).isGreaterThanOrEqualTo(3600);
  }

  private void addPayment(String status) {
    jdbc.update(
        """
        insert into payments (merchant_id, id, status, amount, currency, payer, payee,
                              capture_method, amount_captured, amount_refunded, metadata,
                              granted_ms, used_ms, hold_seconds, event_count, created_at,
                              resolves_by, expires_at)
        values (?, ?, ?, 100, 'EUR', 'alice', 'shop', 'manual', 0, 0, '{}', 2000, 3, 0, 1, ?, ?, ?)
        """,
        MERCHANT,
        TypeId.next(),
        status,
        Instants.parameter(HOUR_AGO),
        Instants.parameter(HOUR_AGO),
        Instants.parameter(HOUR_AGO));
  }

  private void run(String... names) {
    List<String> wanted = List.of(names);
    List<ScheduledTask> found = jobs().filter(job -> wanted.contains(name(job))).toList();
    assertThat(found).hasSameSizeAs(wanted);
    found.forEach(job -> job.getTask().getRunnable().run());
  }

  private double gauge(String name, String... tags) {
    return registry.get("quittance." + name).tags(tags).gauge().value();
  }

  @Test
  @Order(2)
  void aJobThatCannotReachItsTablesFails() {
    jdbc.execute("drop all objects");
    List<ScheduledTask> jobs = jobs().filter(job -> !WITHOUT_DATABASE.contains(name(job))).toList();

    assertThat(jobs)
        .extracting(ScheduledJobsIT::name)
        .contains("RollUp.rollUp", "Recovery.resolveStranded", "Relay.count");
    // Some pause after a look.
    for (ScheduledTask job : jobs) {
      Awaitility.await(name(job))
          .atMost(PATIENCE)
          .until(() -> catchThrowable(() -> job.getTask().getRunnable().run()) != null);
    }
    String scraped = registry.scrape();
    for (String figure : FIGURES) {
      assertThat(scraped).as("not known any more").contains(figure + " NaN");
    }
    assertThat(jobs)
        .allSatisfy(
            job ->
                assertThat(scraped)
                    .containsPattern(
                        "tasks_scheduled_execution_seconds_count\\{"
                            + "code_function=\"%s\",code_namespace=\"%s\",.*outcome=\"ERROR\""
                                .formatted(function(job), Pattern.quote(namespace(job)))));
  }

  private Stream<ScheduledTask> jobs() {
    return holders.stream().flatMap(holder -> holder.getScheduledTasks().stream());
  }

  /** The class and the method, without the package. */
  private static String name(ScheduledTask job) {
    String namespace = namespace(job);
    return namespace.substring(namespace.lastIndexOf('.') + 1) + "." + function(job);
  }

  private static String namespace(ScheduledTask job) {
    return job.toString().substring(0, job.toString().lastIndexOf('.'));
  }

  private static String function(ScheduledTask job) {
    return job.toString().substring(job.toString().lastIndexOf('.') + 1);
  }
}
