package io.quittance.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quittance.testing.Dashboards;
import io.quittance.testing.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Dashboards are files that Grafana takes; they, rules and pages name metrics that there are. */
class DashboardsTest {

  private static final Pattern OURS = Pattern.compile("\\bquittance_[a-z_]+");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `(quittance_[a-z_]+)` \\|");
  private static final Pattern SERIES = Pattern.compile("_(count|sum|max|bucket)$");

  /** TracingIT sees their exemplars. Workers of pools belong to no trace. */
  private static final Pattern IN_A_TRACE =
      Pattern.compile(
          "\\b(http_server_requests|quittance_payment_(answer|deadline_left)|quittance_deliveries_latency)_");

  private static final int UNAVAILABLE = 69;

  @Test
  void eachHasAnIdOfItsOwnAndPanelsThatDoNotOverlap() {
    assertThat(Dashboards.all())
        .hasSize(6)
        .allSatisfy(
            dashboard -> {
              var taken = new TreeSet<String>();
              Dashboards.elements(dashboard.path("panels"))
                  .forEach(panel -> assertThat(cells(panel)).allMatch(taken::add));
              assertThat(dashboard.path("editable").asBoolean()).isFalse();
              assertThat(dashboard.at("/templating/list/0/name").asText()).isEqualTo("job");
            });
    assertThat(Dashboards.all())
        .map(dashboard -> dashboard.path("uid").asText())
        .doesNotHaveDuplicates();
  }

  private static Set<String> cells(JsonNode panel) {
    JsonNode at = panel.path("gridPos");
    var cells = new TreeSet<String>();
    for (int x = 0; x < at.path("w").asInt(); x++) {
      for (int y = 0; y < at.path("h").asInt(); y++) {
        cells.add((at.path("x").asInt() + x) + "," + (at.path("y").asInt() + y));
      }
    }
    return cells;
  }

  /** From one of its quantiles: from each, Grafana would draw every point several times. */
  @Test
  void eachPanelOfTimesThatAreMeasuredInATraceShowsExemplarsOnce() {
    assertThat(Dashboards.all().stream().flatMap(one -> Dashboards.elements(one.path("panels"))))
        .anyMatch(DashboardsTest::measuredInATrace)
        .allSatisfy(
            panel ->
                assertThat(targets(panel).filter(one -> one.path("exemplar").asBoolean()))
                    .as(panel.path("title").asText())
                    .hasSize(measuredInATrace(panel) ? 1 : 0));
  }

  private static boolean measuredInATrace(JsonNode panel) {
    return targets(panel)
        .map(target -> target.path("expr").asText())
        .anyMatch(
            query -> query.contains("histogram_quantile(") && IN_A_TRACE.matcher(query).find());
  }

  private static Stream<JsonNode> targets(JsonNode panel) {
    return Dashboards.elements(panel.path("targets"));
  }

  /** The page of metrics is held against the running service by MetricsContract. */
  @Test
  void dashboardsAndRulesAskForMetricsThatThePageLists() throws IOException {
    Set<String> listed = listed();
    String rules =
        Files.readString(Path.of("ops/prometheus/rules/alerts.yml"))
            + Files.readString(Path.of("ops/prometheus/rules/slo.yml"));
    String queries =
        Dashboards.queries().map(Dashboards.Query::expression).collect(Collectors.joining("\n"));

    assertThat(OURS.matcher(rules + queries).results().map(MatchResult::group))
        .isNotEmpty()
        .allMatch(name -> isOneOf(listed, name));
  }

  /** A name that ends with an underscore stands for all that begin so. */
  @Test
  void otherPagesNameMetricsThatThePageLists() throws IOException {
    Set<String> listed = listed();
    try (Stream<Path> files = Files.walk(Path.of("docs"))) {
      assertThat(files.filter(file -> file.toString().endsWith(".md")))
          .hasSizeGreaterThan(20)
          .allSatisfy(
              page ->
                  assertThat(OURS.matcher(Files.readString(page)).results().map(MatchResult::group))
                      .allMatch(
                          name ->
                              isOneOf(listed, name)
                                  || name.endsWith("_")
                                      && listed.stream().anyMatch(one -> one.startsWith(name))));
    }
  }

  private static boolean isOneOf(Set<String> listed, String name) {
    return listed.contains(name) || listed.contains(SERIES.matcher(name).replaceFirst(""));
  }

  private static Set<String> listed() throws IOException {
    return ROW.matcher(Files.readString(Path.of("docs/metrics.md")))
        .results()
        .map(row -> row.group(1))
        .collect(Collectors.toSet());
  }

  @Test
  void theyHaveTheTypesOfGrafanasSchema() throws Exception {
    Program.Ended check = new Program(Path.of("ops/check-dashboards")).run();

    assumeTrue(check.exitCode() != UNAVAILABLE, check.output());
    assertThat(check.exitCode()).as(check.output()).isZero();
  }
}
