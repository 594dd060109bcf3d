package io.quittance.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Nothing of Kafka is there until a broker is named. */
class KafkaSwitchTest {

  @EnableConfigurationProperties(KafkaProperties.class)
  static class Properties {}

  private final ApplicationContextRunner service =
      new ApplicationContextRunner().withUserConfiguration(Properties.class);

  @ParameterizedTest
  @ValueSource(strings = {"quittance.kafka.lease=6s", "quittance.kafka.bootstrap-servers= "})
  void nothingOfItIsThere(String property) {
    service
        .withUserConfiguration(KafkaConfiguration.class)
        .withPropertyValues(property)
        .run(
            context ->
                assertThat(context)
                    .hasNotFailed()
                    .doesNotHaveBean(Relay.class)
                    .doesNotHaveBean(OutboxRows.Factory.class)
                    .doesNotHaveBean("kafkaPool"));
  }

  @Test
  void isSwitchedOnByTheAddressOfABroker() {
    service
        .withUserConfiguration(KafkaConfiguration.class)
        .withPropertyValues("quittance.kafka.bootstrap-servers=a:9092")
        .run(context -> assertThat(context).as("it wants a database now").hasFailed());
  }

  @Test
  void takesKafkasOwnNames() {
    service
        .withPropertyValues(
            "quittance.kafka.bootstrap-servers=a:9092,b:9092",
            "quittance.kafka.properties.sasl.mechanism=PLAIN",
            "quittance.kafka.properties.sasl.jaas.config=a b")
        .run(
            context -> {
              KafkaProperties properties = context.getBean(KafkaProperties.class);
              assertThat(properties.bootstrapServers()).containsExactly("a:9092", "b:9092");
              assertThat(properties.properties())
                  .containsEntry("sasl.mechanism", "PLAIN")
                  .containsEntry("sasl.jaas.config", "a b");
            });
  }
}
