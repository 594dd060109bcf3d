package io.quittance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings of Kafka that cannot work are refused at the start, by their names. */
class KafkaPropertiesTest {

  private static final Duration LEASE = Duration.ofSeconds(6);

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "localhost:", "http://localhost:9092", "a b:9092", ":9092"})
  void refusesWhatIsNoAddress(String server) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KafkaProperties(List.of(server), "quittance", LEASE, Map.of()))
        .withMessageStartingWith("quittance.kafka.bootstrap-servers")
        .withMessageContaining(server);
  }

  @Test
  void takesAddressesOfAllKindsAndNone() {
    assertThat(
            new KafkaProperties(
                    List.of("a.b:1", "10.0.0.1:9092", "[::1]:9092"), "q", LEASE, Map.of())
                .bootstrapServers())
        .hasSize(3);
    assertThat(new KafkaProperties(List.of(""), "q", LEASE, Map.of()).bootstrapServers()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "ä", "a/b"})
  void refusesAPrefixThatNoTopicCanHave(String prefix) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KafkaProperties(List.of(), prefix, LEASE, Map.of()))
        .withMessageStartingWith("quittance.kafka.topic-prefix");
  }

  @Test
  void refusesALeaseThatIsTooShortToKeep() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KafkaProperties(List.of(), "q", Duration.ofMillis(1_999), Map.of()))
        .withMessageStartingWith("quittance.kafka.lease");
  }

  @ParameterizedTest
  @ValueSource(strings = {"acks", "transactional.id", "enable.idempotence"})
  void refusesWhatTheOrderDependsOn(String property) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KafkaProperties(List.of(), "q", LEASE, Map.of(property, "1")))
        .withMessageStartingWith("quittance.kafka.properties")
        .withMessageEndingWith(property);
  }

  @Test
  void refusesValuesThatKafkaRefuses() {
    var properties =
        new KafkaProperties(List.of("a:1"), "q", LEASE, Map.of("compression.type", "tar"));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ClientSettings(properties))
        .withMessageStartingWith("quittance.kafka.properties")
        .withMessageContaining("compression.type");
  }

  @Test
  void letsTheOperatorSayOtherwise() {
    var settings =
        new ClientSettings(
            new KafkaProperties(List.of("a:1"), "q", LEASE, Map.of("linger.ms", "7")));

    assertThat(settings.producer(3))
        .containsEntry("linger.ms", "7")
        .containsEntry("transactional.id", "q.relay-3")
        .containsEntry("acks", "all");
  }
}
