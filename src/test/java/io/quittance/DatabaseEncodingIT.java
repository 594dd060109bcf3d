package io.quittance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quittance.testing.Postgres;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.Environment;
import org.springframework.mock.env.MockEnvironment;

/** A database keeps every text that it is given, or is refused before it has a table. */
class DatabaseEncodingIT {

  @Test
  void anyOtherThanUnicodeIsRefused() {
    Postgres.Database database =
        Postgres.create("encoding 'SQL_ASCII' locale 'C' template template0");

    assertThatThrownBy(() -> StartChecks.check(settings(database)))
        .isInstanceOfSatisfying(
            StartRefusedException.class,
            refused ->
                assertThat(refused.reasons())
                    .singleElement()
                    .asString()
                    .startsWith("SPRING_DATASOURCE_URL: ")
                    .endsWith("is SQL_ASCII, not UTF8"));
  }

  @Test
  void unicodeIsTaken() {
    assertThatCode(() -> StartChecks.check(settings(Postgres.create()))).doesNotThrowAnyException();
  }

  private static Environment settings(Postgres.Database database) {
    var environment = new MockEnvironment();
    environment.setActiveProfiles("sandbox");
    return environment
        .withProperty("spring.datasource.url", database.url())
        .withProperty("spring.datasource.username", Postgres.Database.USER)
        .withProperty("spring.datasource.password", Postgres.Database.PASSWORD);
  }
}
