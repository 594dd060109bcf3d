package io.quittance.contract;

import static io.quittance.contract.Client.move;
import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.testing.Postgres;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** A replica's clock and the database's, of which one is wrong. */
@Tag("side-by-side")
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = "quittance.operator-key=" + Contract.OPERATOR_KEY)
@ActiveProfiles("sandbox")
class ClocksApartIT extends Contract {

  private static final Postgres.Database DATABASE = Postgres.create();

  private static volatile Duration replicaAhead = Duration.ZERO;

  @TestConfiguration
  static class ReplicasClock {

    @Bean
    @Primary
    Clock replicasClock() {
      InstantSource apart = () -> Instant.now().plus(replicaAhead);
      return apart.withZone(ZoneOffset.UTC);
    }
  }

  @DynamicPropertySource
  static void database(DynamicPropertyRegistry registry) {
    DATABASE.provideTo(registry);
  }

  @Test
  void tellsNoInstantThatHasPassedByTheDatabasesClock() {
    replicaAhead = Duration.ofHours(-1);
    merchant.pay(1, "alice", "shop").is(201);
    Call transfer = merchant.transfer(move(1, "alice", "shop"));
    Instant sent = Instant.now();

    whileHolding(
        "lock table idempotency_keys in access exclusive mode",
        () -> {
          Answer unknown = transfer.send();
          assertThat(unknown.text("/outcome")).as(unknown.toString()).isEqualTo("unknown");
          assertThat(Instant.parse(unknown.text("/resolves_by"))).isAfter(sent);
        });

    transfer.send().is(201);
    moved(2);
  }

  /** Otherwise the key would be old, and be deleted, once the database's clock is corrected. */
  @Test
  void keepsAKeyThatIsClaimedWhileTheDatabasesClockIsBehind() {
    replicaAhead = Duration.ofDays(2);
    Instant sent = Instant.now().plus(replicaAhead);

    merchant.transfer(move(1, "alice", "shop")).key("behind").send().is(201);

    assertThat(
            JdbcClient.create(DATABASE.dataSource())
                .sql("select created_at from idempotency_keys where idempotency_key = 'behind'")
                .query(OffsetDateTime.class)
                .single()
                .toInstant())
        .isAfterOrEqualTo(sent);
    moved(1);
  }
}
