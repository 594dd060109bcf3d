package io.quittance;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.quittance.testing.Postgres;
import io.quittance.testing.SilentHost;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.Environment;
import org.springframework.mock.env.MockEnvironment;

/** The URL names all servers of a cluster, and the first of them is down. */
class StartOnClusterIT {

  @Test
  void findsTheServerThatAnswers() {
    try (var down = new SilentHost()) {
      assertThatCode(() -> StartChecks.check(settings(down))).doesNotThrowAnyException();
    }
  }

  private static Environment settings(SilentHost down) {
    var environment = new MockEnvironment();
    environment.setActiveProfiles("sandbox");
    return environment
        .withProperty("spring.datasource.url", cluster(down))
        .withProperty("spring.datasource.username", Postgres.Database.USER)
        .withProperty("spring.datasource.password", Postgres.Database.PASSWORD);
  }

  private static String cluster(SilentHost down) {
    String first = "//localhost:%d,localhost:".formatted(down.address().getPort());
    return Postgres.create().url().replace("//localhost:", first) + "&targetServerType=primary";
  }
}
