package io.quittance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
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

/** What operators are told when the service's scheduled jobs fail: its tables are gone. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@AutoConfigureObservability(tracing = false)
@ActiveProfiles("sandbox")
@DirtiesContext
class ScheduledJobsIT {

  /** Jobs that do not read or write the database, or have nothing to do in this test. */
  private static final Set<String> WITHOUT_DATABASE =
      Set.of(
          "Channels.tick",
          "Claimer.comeBack",
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
          "quittance_webhook_oldest_waiting_seconds");

  private static final Pattern TASK = Pattern.compile("task=~?\"([^\"]+)\"");

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

  @BeforeEach
  void dropTheTables() {
    jdbc.execute("drop all objects");
  }

  @Test
  void aJobThatCannotReachItsTablesFails() {
    List<ScheduledTask> jobs = jobs().filter(job -> !WITHOUT_DATABASE.contains(name(job))).toList();

    assertThat(jobs)
        .extracting(ScheduledJobsIT::name)
        .contains("RollUp.rollUp", "Recovery.resolveStranded", "Relay.count");
    assertThat(jobs)
        .allSatisfy(
            job ->
                assertThat(catchThrowable(() -> job.getTask().getRunnable().run()))
                    .as(name(job))
                    .isNotNull());
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

  private java.util.stream.Stream<ScheduledTask> jobs() {
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
