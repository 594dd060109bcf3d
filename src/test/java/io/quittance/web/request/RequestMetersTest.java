package io.quittance.web.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which answers are counted. */
class RequestMetersTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @ParameterizedTest
  @CsvSource({"200,1", "400,1", "401,0", "403,1", "404,0", "405,0", "503,1"})
  void answersThatAnybodyCanCauseHaveNoSeries(String status, int series) {
    registry.config().meterFilter(new RequestMeters());

    registry.timer("http.server.requests", "status", status, "uri", "/v1/payments");

    assertThat(registry.getMeters()).hasSize(series);
  }

  @Test
  void otherMetersAreLeftAlone() {
    registry.config().meterFilter(new RequestMeters());

    registry.counter("calls", "status", "404");
    registry.timer("http.server.requests.active");

    assertThat(registry.getMeters()).hasSize(2);
  }
}
