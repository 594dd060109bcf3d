package io.quittance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quittance.ProductionRequirements.UnmetException;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.env.MockEnvironment;

/** What production wants, and what it refuses to start with. */
class ProductionRequirementsTest {

  private final MockEnvironment environment = new MockEnvironment();

  @BeforeEach
  void configureWell() {
    environment.setActiveProfiles("production");
    environment
        .withProperty("spring.datasource.url", "jdbc:postgresql://db:5432/quittance")
        .withProperty("spring.datasource.username", "quittance")
        .withProperty("spring.datasource.password", "laptop-only-password")
        .withProperty("quittance.operator-key", "laptop-only-operator-key-never-use-it-elsewhere")
        .withProperty(
            "quittance.notification.secret-key", "bGFwdG9wLW9ubHktd2ViaG9vay1rZXktMzItYnl0ZXM=");
  }

  @Test
  void isContentWithWhatTheComposeFileSays() {
    assertThat(ProductionRequirements.unmet(environment)).isEmpty();
  }

  @Test
  void doesWithoutWebhooks() {
    environment.setProperty("quittance.notification.secret-key", "");

    assertThat(ProductionRequirements.unmet(environment)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "spring.datasource.url, jdbc:h2:mem:quittance, SPRING_DATASOURCE_URL",
    "spring.datasource.username, '', SPRING_DATASOURCE_USERNAME",
    "spring.datasource.password, '', SPRING_DATASOURCE_PASSWORD",
    "quittance.operator-key, '', QUITTANCE_OPERATOR_KEY",
    "quittance.operator-key, 0123456789012345678901234567890, QUITTANCE_OPERATOR_KEY",
    "quittance.operator-key, aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, QUITTANCE_OPERATOR_KEY",
    "quittance.operator-key, abababababababababababababababababababab, QUITTANCE_OPERATOR_KEY",
    "quittance.operator-key, changeme-changeme-changeme-changeme, QUITTANCE_OPERATOR_KEY",
    "quittance.operator-key, qt_sandbox_key_qt_sandbox_key_qt_sandbox, QUITTANCE_OPERATOR_KEY",
    "quittance.notification.secret-key, not base64, QUITTANCE_NOTIFICATION_SECRET_KEY",
    "quittance.notification.secret-key, dG9vIHNob3J0, QUITTANCE_NOTIFICATION_SECRET_KEY"
  })
  void refusesWhatIsMissingOrWeak(String property, String value, String variable) {
    environment.setProperty(property, value);

    assertThat(ProductionRequirements.unmet(environment))
        .singleElement()
        .asString()
        .startsWith(variable + ": ");
  }

  @ParameterizedTest
  @CsvSource({
    "https://id.example, '', '', QUITTANCE_ACCESS_JWT_AUDIENCE",
    "http://id.example, '', quittance, QUITTANCE_ACCESS_JWT_ISSUER",
    "http://localhost.evil.example, '', quittance, QUITTANCE_ACCESS_JWT_ISSUER",
    "https://id.example, http://id.example/keys, quittance, QUITTANCE_ACCESS_JWT_JWKSETURI"
  })
  void refusesTokensThatOthersCouldUseOrSign(
      String issuer, String keys, String audience, String variable) {
    environment.setProperty("quittance.access.jwt.issuer", issuer);
    environment.setProperty("quittance.access.jwt.jwk-set-uri", keys);
    environment.setProperty("quittance.access.jwt.audience", audience);

    assertThat(ProductionRequirements.unmet(environment))
        .singleElement()
        .asString()
        .startsWith(variable + ": ");
  }

  @Test
  void takesTokensOfAnIssuerOnThisMachine() {
    environment.setProperty("quittance.access.jwt.issuer", "http://127.0.0.1:8090/realms/shop");
    environment.setProperty("quittance.access.jwt.audience", "quittance");

    assertThat(ProductionRequirements.unmet(environment)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 255})
  void refusesASecretKeyOfOneByteOnly(int value) {
    byte[] key = new byte[32];
    java.util.Arrays.fill(key, (byte) value);
    environment.setProperty(
        "quittance.notification.secret-key", Base64.getEncoder().encodeToString(key));

    assertThat(ProductionRequirements.unmet(environment)).hasSize(1);
  }

  @Test
  void refusesTheSandboxBesideIt() {
    environment.setActiveProfiles("production", "sandbox");

    assertThat(ProductionRequirements.unmet(environment))
        .singleElement()
        .asString()
        .startsWith("SPRING_PROFILES_ACTIVE: ");
  }

  @Test
  void saysEverythingAtOnceAndGivesNoSecretAway() {
    environment.setProperty("quittance.notification.secret-key", "not-base64!");
    environment.setProperty("quittance.operator-key", "short-and-weak");

    assertThatThrownBy(() -> StartChecks.check(environment))
        .isInstanceOfSatisfying(UnmetException.class, e -> assertThat(e.unmet()).hasSize(2))
        .hasMessageNotContainingAny("not-base64!", "short-and-weak");
  }

  @Test
  void isExplainedInOneMessage() {
    var cause = new UnmetException(java.util.List.of("A: is missing", "B: is weak"));

    var analysis = new ProductionRequirementsAnalyzer().analyze(new RuntimeException(cause), cause);

    assertThat(analysis.getDescription()).contains("- A: is missing", "- B: is weak");
  }
}
