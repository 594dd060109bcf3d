package io.quittance.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.identity.Caller;
import io.quittance.web.Problem;
import io.quittance.web.Route;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.method.HandlerMethod;

class LargeResponsesTest {

  private static final int LISTS_MAX =
      (int) (Runtime.getRuntime().maxMemory() / 4 / (8 * 1024 * 1024));

  private final UUID greedy = UUID.randomUUID();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final LargeResponses answers = new LargeResponses(registry);

  @Route(
      id = "list",
      summary = "A list",
      query = {"limit", "cursor"})
  void list() {}

  @Route(
      id = "series",
      summary = "Figures",
      query = {"metric", "step"})
  void series() {}

  @Route(id = "get", summary = "One object")
  void get() {}

  /** For as long as their answers are read, however slowly. */
  @Test
  void areRefusedBeyondAMerchantsShareOfTheMemory() throws NoSuchMethodException {
    for (int i = 0; i < LISTS_MAX; i++) {
      assertThat(begin(greedy, "list")).isTrue();
    }

    assertThatThrownBy(() -> begin(greedy, "list")).isInstanceOf(Problem.class);
    assertThatThrownBy(() -> begin(greedy, "series")).isInstanceOf(Problem.class);
    assertThat(begin(greedy, "get")).isTrue();
    assertThat(begin(UUID.randomUUID(), "list")).isTrue();
  }

  @Test
  void giveBackWhatTheyTook() throws NoSuchMethodException {
    begin(greedy, "series");
    begin(greedy, "list");
    assertThat(underWay()).isEqualTo(28 * 1024 * 1024);

    answers.afterCompletion(request(greedy), new MockHttpServletResponse(), handler("list"), null);
    answers.afterCompletion(
        request(greedy), new MockHttpServletResponse(), handler("series"), null);

    assertThat(underWay()).isZero();
  }

  private double underWay() {
    return registry.get("quittance.large.answers").gauge().value();
  }

  private boolean begin(UUID merchantId, String method) throws NoSuchMethodException {
    return answers.preHandle(request(merchantId), new MockHttpServletResponse(), handler(method));
  }

  private static MockHttpServletRequest request(UUID merchantId) {
    Caller caller = mock(Caller.class);
    when(caller.merchantId()).thenReturn(merchantId);
    var request = new MockHttpServletRequest("GET", "/v1/somewhere");
    request.setAttribute(Caller.ATTRIBUTE, caller);
    return request;
  }

  private HandlerMethod handler(String method) throws NoSuchMethodException {
    return new HandlerMethod(this, LargeResponsesTest.class.getDeclaredMethod(method));
  }
}
