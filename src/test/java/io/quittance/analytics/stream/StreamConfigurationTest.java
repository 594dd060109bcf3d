package io.quittance.analytics.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class StreamConfigurationTest {

  private final ApplicationContextRunner service =
      new ApplicationContextRunner().withUserConfiguration(StreamConfiguration.class);

  @Test
  void nothingOfItIsThereUnlessItIsTheEngine() {
    service.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(KafkaEngine.class));
  }

  @Test
  void refusesToStartWithoutABroker() {
    service
        .withPropertyValues("quittance.analytics.engine=kafka")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                        "quittance.analytics.engine: kafka needs"
                            + " quittance.kafka.bootstrap-servers"));
  }
}
