package io.quittance.analytics.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.analytics.pane.AnalyticsProperties;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class StreamConfigurationTest {

  private final ApplicationContextRunner service =
      new ApplicationContextRunner().withUserConfiguration(StreamConfiguration.class);

  @Test
  void nothingOfItIsThereUnlessItIsTheEngine() {
    service.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(KafkaEngine.class));
  }

  @Test
  void theDatabaseIsTheEngineUnlessAnotherIsChosen() {
    var bound =
        new Binder(new MapConfigurationPropertySource(Map.of()))
            .bindOrCreate("quittance.analytics", AnalyticsProperties.class);

    assertThat(bound.engine()).isEqualTo(AnalyticsProperties.Engine.valueOf("EMBEDDED"));
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
