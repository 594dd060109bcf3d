package io.quittance.contract;

import static io.quittance.contract.Client.move;
import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.testing.Postgres;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** A replica whose clock is an hour behind the database's. */
@Tag("side-by-side")
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = "quittance.operator-key=" + Contract.OPERATOR_KEY)
@ActiveProfiles("sandbox")
class ReplicaBehindIT extends Contract {

  @TestConfiguration
  static class Behind {

    @Bean
    @Primary
    Clock clockBehind() {
      return Clock.offset(Clock.systemUTC(), Duration.ofHours(-1));
    }
  }

  @DynamicPropertySource
  static void database(DynamicPropertyRegistry registry) {
    Postgres.create().provideTo(registry);
  }

  @Test
  void tellsNoInstantThatHasPassed() {
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
    moved(1);
  }
}
