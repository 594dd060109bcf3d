package io.quittance.webhook.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quittance.web.Problem;
import io.quittance.webhook.WebhookProperties;
import io.quittance.webhook.endpoint.SecretKeys.Sealed;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.mock.env.MockEnvironment;

/** Secrets at rest. */
class SecretKeysTest {

  private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);
  private static final String NEXT_KEY =
      Base64.getEncoder().encodeToString("another key of thirty-two bytes.".getBytes());

  private final UUID endpoint = UUID.randomUUID();
  private final SigningSecret secret = SigningSecret.random();

  @Test
  void openWhatTheySealed() {
    SecretKeys keys = keys("production", KEY, List.of());

    Sealed sealed = keys.seal(endpoint, secret);

    assertThat(keys.open(endpoint, sealed).bytes()).isEqualTo(secret.bytes());
    assertThat(keys.seal(endpoint, secret).bytes()).isNotEqualTo(sealed.bytes());
  }

  @Test
  void refuseWhatWasChangedOrMovedToAnotherEndpoint() {
    SecretKeys keys = keys("production", KEY, List.of());
    Sealed sealed = keys.seal(endpoint, secret);

    assertThatThrownBy(() -> keys.open(UUID.randomUUID(), sealed))
        .isInstanceOf(IllegalStateException.class);
    sealed.bytes()[20] ^= 1;
    assertThatThrownBy(() -> keys.open(endpoint, sealed)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void openWhatAnEarlierKeySealedWhileThatIsConfigured() {
    Sealed old = keys("production", KEY, List.of()).seal(endpoint, secret);

    assertThat(keys("production", NEXT_KEY, List.of(KEY)).open(endpoint, old).bytes())
        .isEqualTo(secret.bytes());
    assertThatThrownBy(() -> keys("production", NEXT_KEY, List.of()).open(endpoint, old))
        .hasMessageContaining(old.keyId());
  }

  @Test
  void areMissingInProductionUnlessConfigured() {
    assertThatThrownBy(() -> keys("production", null, List.of()).seal(endpoint, secret))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("QUITTANCE_NOTIFICATION_SECRET_KEY");
    assertThat(keys("sandbox", null, List.of()).available()).isTrue();
  }

  @Test
  void mustBe32Bytes() {
    for (String bad : List.of("short", "!!!", Base64.getEncoder().encodeToString(new byte[31]))) {
      assertThatThrownBy(() -> keys("production", bad, List.of()))
          .hasMessageContaining("base64 of 32 bytes")
          .hasMessageNotContaining(bad);
    }
  }

  private static SecretKeys keys(String profile, String key, List<String> previous) {
    var environment = new MockEnvironment();
    environment.setActiveProfiles(profile);
    Duration second = Duration.ofSeconds(1);
    return new SecretKeys(
        new WebhookProperties(
            null,
            false,
            key,
            previous,
            1,
            1,
            second,
            second,
            second.multipliedBy(3),
            second,
            second,
            second,
            second,
            second),
        environment);
  }
}
