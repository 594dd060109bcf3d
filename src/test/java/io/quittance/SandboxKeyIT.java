package io.quittance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quittance.ProductionRequirements.UnmetException;
import io.quittance.testing.Postgres;
import io.quittance.testing.Sandbox;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A database that a sandbox has used lets everybody in who has read the README. */
class SandboxKeyIT {

  private static final Postgres.Database DATABASE = Postgres.create();

  private final JdbcClient jdbc = JdbcClient.create(DATABASE.dataSource());

  @BeforeAll
  static void useItAsASandbox() {
    Sandbox.on(DATABASE).close();
  }

  @Test
  void isRefusedInProductionUntilTheKeyIsRevoked() {
    assertThatThrownBy(this::check)
        .isInstanceOfSatisfying(
            UnmetException.class,
            e ->
                assertThat(e.unmet())
                    .singleElement()
                    .asString()
                    .startsWith("SPRING_DATASOURCE_URL: ")
                    .contains("update api_keys set revoked_at = now() where id = "));

    jdbc.sql("update api_keys set revoked_at = now()").update();

    assertThatCode(this::check).doesNotThrowAnyException();
  }

  private void check() {
    ProductionRequirements.sandboxKeyCheck(jdbc).afterSingletonsInstantiated();
  }
}
