package io.quittance.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.testing.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The rules for Prometheus hold, and whoever is alerted finds what to do. */
class AlertsTest {

  private static final Path RULES = Path.of("ops/prometheus/rules");
  private static final Path CASES = Path.of("ops/prometheus/tests");
  private static final Path RUNBOOKS = Path.of("docs/runbooks.md");
  private static final String DEBIAN = "apt-get install prometheus";

  private static final Pattern ENTRY =
      Pattern.compile(
          "(?ms)^### (\\w+)\n\n\\*(Page|Ticket)\\.\\* \\*\\*Means:\\*\\* .+?\\*\\*Look at:\\*\\* .+?\\*\\*Do:\\*\\* .+?(?=\n#|\\z)");

  record Alert(String name, Map<?, ?> labels, Map<?, ?> annotations) {}

  private final List<Alert> alerts = alerts();

  @Test
  void eachAlertHasOneRunbookEntryThatSaysWhatItMeansWhatToLookAtAndWhatToDo() throws IOException {
    String text = Files.readString(RUNBOOKS);

    assertThat(ENTRY.matcher(text).results().map(entry -> entry.group(1) + " " + entry.group(2)))
        .containsExactlyInAnyOrderElementsOf(
            alerts.stream()
                .map(
                    alert ->
                        alert.name()
                            + (alert.labels().get("severity").equals("page") ? " Page" : " Ticket"))
                .toList());
    assertThat(alerts)
        .isNotEmpty()
        .allSatisfy(
            alert ->
                assertThat(alert.annotations().get("runbook"))
                    .isEqualTo(RUNBOOKS + "#" + alert.name().toLowerCase(Locale.ROOT)));
  }

  @Test
  void linksWithinTheRunbooksLeadSomewhere() throws IOException {
    String text = Files.readString(RUNBOOKS);

    assertThat(Pattern.compile("]\\(#(\\w+)\\)").matcher(text).results().map(m -> m.group(1)))
        .isNotEmpty()
        .allMatch(anchor -> text.toLowerCase(Locale.ROOT).contains("### " + anchor));
  }

  @Test
  void eachAlertHasACaseInWhichItFires() {
    List<Object> firing =
        files(CASES).stream()
            .flatMap(file -> list(yaml(file), "tests"))
            .flatMap(test -> list(test, "alert_rule_test"))
            .filter(expected -> list(expected, "exp_alerts").findAny().isPresent())
            .map(expected -> (Object) expected.get("alertname"))
            .toList();

    assertThat(alerts).isNotEmpty().allSatisfy(alert -> assertThat(firing).contains(alert.name()));
  }

  @Test
  void promtoolAcceptsTheRulesAndTheCasesHold() throws Exception {
    Program promtool = Program.named("promtool", DEBIAN);

    Program.Ended check = promtool.run(arguments(Stream.of("check", "rules"), RULES));
    Program.Ended test = promtool.run(arguments(Stream.of("test", "rules"), CASES));

    assertThat(check.exitCode()).as(check.output()).isZero();
    assertThat(test.exitCode()).as(test.output()).isZero();
  }

  private static String[] arguments(Stream<String> command, Path folder) {
    return Stream.concat(command, files(folder).stream().map(Path::toString))
        .toArray(String[]::new);
  }

  private static List<Alert> alerts() {
    return files(RULES).stream()
        .flatMap(file -> list(yaml(file), "groups"))
        .flatMap(group -> list(group, "rules"))
        .filter(rule -> rule.containsKey("alert"))
        .map(
            rule ->
                new Alert(
                    rule.get("alert").toString(),
                    (Map<?, ?>) rule.get("labels"),
                    (Map<?, ?>) rule.get("annotations")))
        .toList();
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<?, ?> yaml(Path file) {
    try {
      return new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Map<?, ?>> list(Map<?, ?> of, String key) {
    return of.get(key) instanceof List<?> list
        ? list.stream().map(each -> (Map<?, ?>) each)
        : Stream.empty();
  }
}
