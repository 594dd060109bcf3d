package io.quittance;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineScopes;
import io.quittance.concurrency.JvmConcurrencyMetrics;
import io.quittance.concurrency.WorkerPool;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What Prometheus sees of our meters. */
class PrometheusNamesTest {

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  @Test
  void allOfTheLibraryBeginWithQuittance() {
    new PrometheusNames().customize(registry);
    new JvmConcurrencyMetrics().bindTo(registry);
    new DeadlineScopes(registry, Clock.systemUTC())
        .open("payment", Deadline.after(Duration.ofSeconds(1)))
        .close();
    try (var pool = WorkerPool.<String, String>named("journal-1", _ -> {}).start(registry)) {
      assertThat(names())
          .contains(
              "quittance_scope_orphans_total",
              "quittance_pool_queue_utilisation",
              "quittance_pool_queued_seconds",
              "quittance_jvm_virtual_queued",
              "quittance_jvm_threads_deadlocked",
              "quittance_process_context_switches_total")
          .allMatch(name -> name.startsWith("quittance_"));
    }
  }

  @Test
  void thoseOfOthersKeepTheirs() {
    new PrometheusNames().customize(registry);
    new JvmThreadMetrics().bindTo(registry);

    assertThat(names())
        .contains("jvm_threads_live_threads")
        .noneMatch(n -> n.contains("quittance"));
  }

  private List<String> names() {
    return registry
        .scrape()
        .lines()
        .filter(line -> line.startsWith("# TYPE "))
        .map(line -> line.split(" ")[2])
        .toList();
  }
}
