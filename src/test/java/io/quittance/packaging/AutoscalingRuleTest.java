package io.quittance.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.testing.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The query that prometheus-adapter is to ask for the autoscaler. */
class AutoscalingRuleTest {

  private static final Path PAGE = Path.of("k8s/components/autoscaling/README.md");
  private static final Pattern QUERY = Pattern.compile("(?s)metricsQuery: \\|\n(.+?)```");

  /**
   * Commands of the busy pod wait for 30 ms in both lanes; what is not the journal does not count.
   */
  private static final String CASE =
      """
      evaluation_interval: 1m
      tests:
        - interval: 30s
          input_series:
            - series: 'quittance_pool_queued_seconds_sum{namespace="n",pod="busy",pool="journal-1"}'
              values: '0+9x10'
            - series: 'quittance_pool_queued_seconds_count{namespace="n",pod="busy",pool="journal-1"}'
              values: '0+300x10'
            - series: 'quittance_pool_queued_seconds_sum{namespace="n",pod="busy",pool="journal-2"}'
              values: '0+3x10'
            - series: 'quittance_pool_queued_seconds_count{namespace="n",pod="busy",pool="journal-2"}'
              values: '0+100x10'
            - series: 'quittance_pool_queued_seconds_sum{namespace="n",pod="busy",pool="names"}'
              values: '0+500x10'
            - series: 'quittance_pool_queued_seconds_count{namespace="n",pod="busy",pool="names"}'
              values: '0+1x10'
            - series: 'quittance_pool_queued_seconds_sum{namespace="n",pod="idle",pool="journal-1"}'
              values: '7x10'
            - series: 'quittance_pool_queued_seconds_count{namespace="n",pod="idle",pool="journal-1"}'
              values: '200x10'
            - series: 'quittance_pool_queued_seconds_sum{namespace="other",pod="x",pool="journal-1"}'
              values: '0+1x10'
            - series: 'quittance_pool_queued_seconds_count{namespace="other",pod="x",pool="journal-1"}'
              values: '0+1x10'
          promql_expr_test:
            - eval_time: 5m
              exp_samples:
                - labels: '{pod="busy"}'
                  value: 0.03
                - labels: '{pod="idle"}'
                  value: 0
              expr: round(QUERY, 0.001)
      """;

  /** Without a value for idle pods nothing would be scaled down. */
  @Test
  void givesEachPodAMeanAndIdleOnesZero(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("case.yml");
    Files.writeString(file, CASE.replace("QUERY", query()));

    Program.Ended test =
        Program.named("promtool", "apt-get install prometheus")
            .run("test", "rules", file.toString());

    assertThat(test.exitCode()).as(test.output()).isZero();
  }

  private static String query() throws Exception {
    return QUERY
        .matcher(Files.readString(PAGE))
        .results()
        .map((MatchResult found) -> found.group(1))
        .findFirst()
        .orElseThrow()
        .replace("<<.Series>>", "quittance_pool_queued_seconds_sum")
        .replace("<<.LabelMatchers>>", "namespace=\"n\",pod=~\"busy|idle\"")
        .replace("<<.GroupBy>>", "pod")
        .replaceAll("\\s+", " ");
  }
}
