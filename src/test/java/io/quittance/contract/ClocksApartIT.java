package io.quittance.contract;

import static io.quittance.contract.Client.move;
import static io.quittance.contract.Client.order;
import static io.quittance.contract.Json.array;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quittance.testing.Postgres;
import io.quittance.testing.Proves;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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
  @Proves("the clock of a replica is behind")
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
  @Proves("the clock of the database is ahead")
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

  /** The database failed over after the first answer, or a replica's clock was set. */
  @ParameterizedTest
  @ValueSource(ints = {-2, 2})
  @Proves("the clock of the database is ahead")
  void repeatsAnAnswerWhicheverClockIsDaysAhead(int replicaDaysAhead) {
    replicaAhead = Duration.ZERO;
    Call payment = merchant.payment(order(1, "alice", "shop"));
    String id = payment.send().is(201).id();

    replicaAhead = Duration.ofDays(replicaDaysAhead);

    Answer again = payment.send().is(201);
    assertThat(again.id()).isEqualTo(id);
    assertThat(again.header("Idempotent-Replayed")).contains("true");
    moved(1);
  }

  /**
   * The database has failed over to a server whose clock is ahead, while the batch is under way.
   */
  @Test
  @Proves("the clock of the database is ahead")
  void endsABatchAtItsDeadlineByTheDatabasesClock() {
    replicaAhead = Duration.ofHours(-1);
    String path = "/v1/payment-batches";
    JsonNode[] payments =
        IntStream.range(0, 20)
            .mapToObj(i -> order(1, i < 4 ? "nobody" : "alice", "shop").put("reference", "r" + i))
            .toArray(JsonNode[]::new);
    JsonNode body = object("payments", array((Object[]) payments), "on_failure", "stop");
    Call batch = merchant.call("POST", path).randomKey().body(body);
    Answer stopped = batch.deadline(30_000).send().is(201);
    assertThat(stopped.number("/counts/not_started")).isEqualTo(16);
    String late = path + "/" + stopped.id();
    JdbcClient.create(DATABASE.dataSource())
        .sql(
            """
            update payment_batches
               set status = 'processing', completed_at = null, background = true, begins = true,
                   ends_at = current_timestamp - interval '1' second,
                   lease_until = current_timestamp - interval '1' second
            """)
        .update();

    Answer ended =
        Awaitility.await()
            .until(() -> merchant.get(late), found -> !found.text("/status").equals("processing"));

    assertThat(ended.number("/counts/not_started")).isEqualTo(16);
    Call resume = merchant.call("POST", late + "/resume").randomKey();
    assertThat(resume.send().is(200).number("/counts/succeeded")).isEqualTo(16);
    moved(16);
  }
}
