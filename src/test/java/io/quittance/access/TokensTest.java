package io.quittance.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.web.DeadlineProperties;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

/** Tokens while nobody can say whether they are good. */
class TokensTest {

  private static final SimpleMeterRegistry REGISTRY = new SimpleMeterRegistry();

  private final KnownMerchants merchants =
      new KnownMerchants(
          JdbcClient.create(new SimpleDriverDataSource()),
          new AccessProperties(
              null,
              new AccessProperties.Keys(100, Duration.ofMinutes(1), 100, Duration.ofSeconds(30))),
          new TermsReader(
              new DeadlineProperties(2_000, 30_000), new RateLimitProperties(true, 500, 1_000)),
          REGISTRY);

  /** Its issuer is down: nothing listens on the port of "tcpmux" (RFC 1078). */
  private final Tokens tokens =
      new Tokens(
          new TokenProperties(
              "http://127.0.0.1:1", null, "quittance", "merchant_id", Duration.ofMillis(1)),
          merchants,
          Clock.systemUTC(),
          REGISTRY);

  @AfterEach
  void close() {
    tokens.close();
    merchants.close();
  }

  @Test
  void areNotCalledWrongBecauseTheIssuerIsDown() {
    String token =
        part("{\"alg\":\"RS256\",\"kid\":\"a\"}") + "." + part("{\"sub\":\"b\"}") + ".c2ln";

    assertThatThrownBy(() -> tokens.identify(token))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> assertThat(problem.code()).isEqualTo(ProblemCode.DEPENDENCY_UNAVAILABLE));
  }

  private static String part(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }
}
