package io.quittance;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.testing.SettingRecords;
import io.quittance.testing.SettingRecords.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

@ExtendWith(OutputCaptureExtension.class)
class SettingNamesTest {

  private static final Pattern DOCUMENTED = Pattern.compile("`([a-z0-9.*-]+)`");

  private final SettingNames names = new SettingNames(SettingRecords.all());

  @ParameterizedTest
  @ValueSource(
      strings = {
        "quittance.journal.lanez",
        "quittance.journal",
        "quittance.journal.lanes.max",
        "quittance.journals.lanes",
        "quittance.lanes",
        "quittance.access.jwt.issuers"
      })
  void reportsASettingThatDoesNotExist(String name, CapturedOutput output) {
    names.check(withProperty(name));

    assertThat(output).contains("The setting " + name + " has no effect");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "quittance.operator-key",
        "quittance.journal.max-batch",
        "quittance.journal.maxBatch",
        "quittance.journal.max_batch",
        "quittance.kafka.bootstrap-servers[0]",
        "quittance.kafka.properties.sasl.jaas.config",
        "quittance.access.jwt.jwk-set-uri",
        "quittances.lanes",
        "management.quittance.x"
      })
  void saysNothingOfSettingsInAnySpellingAndThoseOfOthers(String name, CapturedOutput output) {
    names.check(withProperty(name));

    assertThat(output).doesNotContain("has no effect");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "QUITTANCE_JOURNAL_LANE",
        "QUITTANCE_JOURNAL",
        "QUITTANCE_JOURNALLANES",
        "QUITTANCE_NOTIFICATION_ALLOW_LOOP_BACK",
        "quittance_journal_lane"
      })
  void reportsAVariableThatIsNoSetting(String variable, CapturedOutput output) {
    names.check(withVariable(variable));

    assertThat(output).contains("The environment variable " + variable + " has no effect");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "QUITTANCE_OPERATOR_KEY",
        "QUITTANCE_OPERATORKEY",
        "QUITTANCE_JOURNAL_MAX_BATCH",
        "QUITTANCE_JOURNAL_MAXBATCH",
        "QUITTANCE_ACCESS_JWT_JWK_SET_URI",
        "QUITTANCE_KAFKA_BOOTSTRAP_SERVERS",
        "QUITTANCE_KAFKA_BOOTSTRAPSERVERS_0",
        "QUITTANCE_KAFKA_PROPERTIES_SECURITY_PROTOCOL",
        "quittance_journal_lanes"
      })
  void saysNothingOfAVariableThatIsASetting(String variable, CapturedOutput output) {
    names.check(withVariable(variable));

    assertThat(output).doesNotContain("QUITTANCE");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "QUITTANCE_SERVICE_HOST",
        "QUITTANCE_SERVICE_PORT",
        "QUITTANCE_SERVICE_PORT_HTTP",
        "QUITTANCE_PORT",
        "QUITTANCE_PORT_8080_TCP",
        "QUITTANCE_PORT_8080_TCP_PROTO",
        "QUITTANCE_PORT_8080_TCP_PORT",
        "QUITTANCE_PORT_8080_TCP_ADDR",
        "QUITTANCE_POSTGRES_SERVICE_HOST"
      })
  void saysNothingOfTheServicesOfKubernetes(String variable, CapturedOutput output) {
    names.check(withVariable(variable));

    assertThat(output).doesNotContain("QUITTANCE");
  }

  @Test
  void areAllDocumented() throws IOException {
    List<String> settings = SettingRecords.settings().map(SettingNamesTest::documented).toList();

    assertThat(documented()).containsExactlyInAnyOrderElementsOf(settings);
  }

  private static String documented(Setting setting) {
    return setting.type() == Map.class ? setting.name() + ".*" : setting.name();
  }

  /** The first column; a name that begins with a dot has what the one before it begins with. */
  private static List<String> documented() throws IOException {
    var found = new ArrayList<String>();
    for (String line : Files.readAllLines(Path.of("docs/configuration.md"))) {
      String parent = "";
      String column = line.startsWith("| `") ? line.split("\\|")[1] : "";
      for (String name : DOCUMENTED.matcher(column).results().map(r -> r.group(1)).toList()) {
        boolean whole = !name.startsWith(".");
        found.add(whole ? name : parent + name);
        parent = whole ? name.substring(0, name.lastIndexOf('.')) : parent;
      }
    }
    return found.stream().filter(name -> name.startsWith("quittance.")).toList();
  }

  private static StandardEnvironment withProperty(String name) {
    var environment = new StandardEnvironment();
    sources(environment).addFirst(new MapPropertySource("arguments", Map.of(name, "1")));
    return environment;
  }

  private static StandardEnvironment withVariable(String name) {
    var environment = new StandardEnvironment();
    sources(environment)
        .addFirst(
            new SystemEnvironmentPropertySource(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, Map.of(name, "1")));
    return environment;
  }

  private static MutablePropertySources sources(StandardEnvironment environment) {
    MutablePropertySources sources = environment.getPropertySources();
    sources.remove(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);
    sources.remove(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
    return sources;
  }
}
