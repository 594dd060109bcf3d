package io.quittance.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.testing.Postgres;
import io.quittance.testing.ServiceProcess;
import java.nio.file.Files;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/** A replica uses its own code before it is ready, and nobody finds anything of that. */
class WarmUpIT {

  @Test
  void leavesNothingInTheDatabaseAndThenTheServiceIsReady() throws Exception {
    Postgres.Database database = Postgres.create();
    try (var service = ServiceProcess.start(database, "--quittance.warm-up.limit=3s")) {
      Awaitility.await().until(() -> messages(service).contains("Quittance is ready"));

      assertThat(messages(service))
          .containsSubsequence("Warmed up for ", "Quittance is ready")
          .doesNotContain("goes on without", "Exception");
      assertThat(service.metric("quittance_warm_up_seconds")).isPositive();
      for (String scope : List.of("simulation", "rehearsal")) {
        assertThat(service.metric(opened(scope))).as(scope).isPositive();
      }
      assertThat(service.metric("http_server_requests_seconds_count.*uri=\"warm-up\""))
          .isPositive();
      assertThat(service.metric("http_server_requests_seconds_count.*uri=\"/v1/")).isZero();
      assertThat(service.metric("http_server_requests_seconds_count.*status=\"5")).isZero();
      for (String lane : List.of("journal-1", "journal-2")) {
        assertThat(service.metric(jobs(lane, "ok"))).as(lane).isPositive();
        assertThat(service.metric(jobs(lane, "failed"))).as(lane).isZero();
      }
      assertThat(service.metric("quittance_payments_total")).isZero();
      assertThat(service.metric("quittance_scope_orphans_total")).isZero();
      // What migrations fill.
      assertThat(filledTables(database))
          .containsExactlyInAnyOrder("flyway_schema_history", "kafka_shards");
    }
  }

  private static String opened(String scope) {
    return "quittance_scope_opened_total\\{scope=\"%s\"".formatted(scope);
  }

  private static String jobs(String pool, String outcome) {
    return "quittance_pool_jobs_total\\{outcome=\"%s\",pool=\"%s\"".formatted(outcome, pool);
  }

  private static List<String> filledTables(Postgres.Database database) {
    var jdbc = new JdbcTemplate(database.dataSource());
    return jdbc
        .queryForList(
            """
            select table_name from information_schema.tables
             where table_schema = 'public' and table_type = 'BASE TABLE'
            """,
            String.class)
        .stream()
        .filter(
            table ->
                Boolean.TRUE.equals(
                    jdbc.queryForObject(
                        "select exists (select 1 from " + table + ")", Boolean.class)))
        .toList();
  }

  private static String messages(ServiceProcess service) throws Exception {
    return Files.readString(service.log());
  }
}
