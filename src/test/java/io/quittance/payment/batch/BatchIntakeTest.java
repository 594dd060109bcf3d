package io.quittance.payment.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.identity.Caller;
import io.quittance.web.Problem;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class BatchIntakeTest {

  private static final long BODY = 8 << 20;

  private final UUID greedy = UUID.randomUUID();
  private final BatchIntake intake = new BatchIntake(new SimpleMeterRegistry());

  /** A merchant makes as many keys as it likes. */
  @Test
  void givesAMerchantNoLargerShareForMoreKeys() {
    for (long taken = 0; taken + BODY <= Runtime.getRuntime().maxMemory() / 4; taken += BODY) {
      enter(greedy, "first");
    }

    assertThatThrownBy(() -> enter(greedy, "first")).isInstanceOf(Problem.class);
    assertThatThrownBy(() -> enter(greedy, "second")).isInstanceOf(Problem.class);
    assertThat(enter(UUID.randomUUID(), "another's")).isTrue();
  }

  private boolean enter(UUID merchantId, String key) {
    Caller caller = mock(Caller.class);
    when(caller.merchantId()).thenReturn(merchantId);
    var request =
        new MockHttpServletRequest("POST", BatchController.PATH) {
          @Override
          public long getContentLengthLong() {
            return BODY;
          }
        };
    request.addHeader(HttpHeaders.AUTHORIZATION, "Bearer " + key);
    request.setAttribute(Caller.ATTRIBUTE, caller);
    return intake.preHandle(request, new MockHttpServletResponse(), this);
  }
}
