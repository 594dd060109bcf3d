package io.quittance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.quittance.testing.SettingRecords;
import io.quittance.testing.SettingRecords.Setting;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.util.unit.DataSize;

class SettingBoundsTest {

  private static final Map<Class<?>, String> NEGATIVE =
      Map.of(int.class, "-1", long.class, "-1", Duration.class, "-1ms", DataSize.class, "-1B");

  static Stream<String> amounts() {
    return SettingRecords.settings()
        .filter(setting -> NEGATIVE.containsKey(setting.type()))
        .map(Setting::name);
  }

  static Stream<String> durations() {
    return SettingRecords.settings()
        .filter(setting -> setting.type() == Duration.class)
        .map(Setting::name);
  }

  @Test
  void takesTheDefaults() {
    assertThatCode(() -> check(Map.of())).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @MethodSource("amounts")
  void refusesLessThanNothing(String name) {
    String negative =
        SettingRecords.settings()
            .filter(setting -> setting.name().equals(name))
            .map(setting -> Objects.requireNonNull(NEGATIVE.get(setting.type())))
            .findFirst()
            .orElseThrow();

    assertThat(refusal(name, negative)).contains("  - quittance.").contains(name);
  }

  @ParameterizedTest
  @MethodSource("durations")
  void refusesADurationWithoutAUnit(String name) {
    assertThat(refusal(name, "400"))
        .contains("  - " + name + ": a duration such as 500ms, 5s, 10m or 24h, not \"400\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          quittance.notification.retention       | 400ms | at least 1s, not 400ms
          quittance.notification.event-retention | 0     | at least 1s, not 0s
          quittance.notification.sweep-interval  | 0     | at least 1s, not 0s
          quittance.notification.workers         | 0     | at least 1, not 0
          quittance.analytics.roll-up-interval   | 1ms   | at least 100ms, not 1ms
          quittance.analytics.catch-up-interval  | 0s    | at least 100ms, not 0s
          quittance.analytics.sweep-interval     | 10ms  | at least 1s, not 10ms
          quittance.analytics.dedupe-capacity    | 999   | at least 1000, not 999
          quittance.ledger.check-interval        | 59s   | at least 1m, not 59s
          quittance.ledger.report-limit          | 10ms  | at least 1s, not 10ms
          quittance.idempotency.sweep-interval   | 10ms  | at least 1s, not 10ms
          quittance.payment.resolve-interval     | 1ms   | at least 100ms, not 1ms
          quittance.journal.lock-limit           | 999us | at least 1ms, not 0ms
          quittance.access.timeout               | 2ms   | at least 50ms, not 2ms
          """)
  void saysTheLeastThatASettingMayBe(String name, String value, String rule) {
    assertThat(refusal(name, value)).contains("  - " + name + ": " + rule);
  }

  @Test
  void saysAllThatIsTooSmallAtOnce() {
    var settings =
        Map.of("quittance.journal.lanes", "0", "quittance.notification.retention", "1ms");

    assertThat(refusal(settings))
        .contains(
            "  - quittance.journal.lanes: at least 1, not 0",
            "  - quittance.notification.retention: at least 1s, not 1ms");
  }

  @ParameterizedTest
  @CsvSource({
    "quittance.notification.lease, 10s",
    "quittance.journal.queue-capacity, 1",
    "quittance.admission.ceiling, 255",
    "quittance.analytics.queue-bytes, 1MB"
  })
  void refusesWhatDoesNotFitAnotherSetting(String name, String value) {
    assertThat(refusal(name, value)).contains("  - " + name + " must be ");
  }

  private static String refusal(String name, String value) {
    return refusal(Map.of(name, value));
  }

  /** What the person reads who starts the service. */
  private static String refusal(Map<String, String> settings) {
    Throwable refusal = catchThrowable(() -> check(settings));

    assertThat(refusal).isNotNull();
    return Stream.<FailureAnalyzer>of(new StartRefusedAnalyzer(), new SettingAnalyzer())
        .map(analyzer -> analyzer.analyze(refusal))
        .filter(Objects::nonNull)
        .findFirst()
        .orElseThrow()
        .getDescription();
  }

  private static void check(Map<String, String> settings) {
    SettingBounds.check(
        SettingRecords.all(), new Binder(new MapConfigurationPropertySource(settings)));
  }
}
