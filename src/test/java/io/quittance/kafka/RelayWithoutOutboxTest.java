package io.quittance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.database.Dialect;
import io.quittance.testing.H2;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A relay that cannot read what it is to send; nor is there a broker. */
class RelayWithoutOutboxTest {

  private final DataSource database = H2.migrated();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final FailureState state = new FailureState("Events wait", "Events are sent");
  private final RelayMeters meters = new RelayMeters(registry, state, Clock.systemUTC());
  private final Set<Integer> woken = ConcurrentHashMap.newKeySet();
  private final Relay relay = relay();

  private Relay relay() {
    var properties =
        new KafkaProperties(
            List.of("127.0.0.1:1"),
            "test",
            Duration.ofSeconds(30),
            Map.of(
                "max.block.ms", "1", "default.api.timeout.ms", "100", "request.timeout.ms", "100"));
    try {
      return new Relay(
          KafkaConfiguration.shared(
              database, new Dialect(database), properties, new ObjectMapper(), state, meters),
          woken,
          new SimpleMeterRegistry());
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterEach
  void close() {
    relay.close();
  }

  @Test
  void itsJobsFailAndWhatWaitsIsNotKnown() {
    relay.count();
    assertThat(registry.get("quittance.kafka.backlog").gauge().value()).isZero();
    JdbcClient.create(database).sql("drop table kafka_outbox").update();
    relay.renewLeases();

    assertThatThrownBy(relay::tick).isInstanceOf(DataAccessException.class);
    assertThat(woken).as("shards that are known to have something work on").isEmpty();

    assertThatThrownBy(this::countWhenDue).isInstanceOf(DataAccessException.class);
    assertThat(registry.get("quittance.kafka.backlog").gauge().value()).isNaN();
    assertThat(registry.get("quittance.kafka.oldest.waiting").gauge().value()).isNaN();
    assertThat(new RelayHealth(relay, state, meters).health().getDetails())
        .containsKeys("reason", "shards")
        .doesNotContainKey("backlog");
  }

  /** It pauses after each look, for as long as that took and more. */
  private void countWhenDue() {
    while (!Double.isNaN(registry.get("quittance.kafka.backlog").gauge().value())) {
      relay.count();
      Thread.onSpinWait();
    }
  }
}
