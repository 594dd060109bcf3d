package io.quittance.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.web.DeadlineProperties;
import io.quittance.web.RequestHead;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is read of a request before its body. */
class AdmissionRequestsTest {

  private static final DeadlineProperties DEADLINES = new DeadlineProperties(1_000, 20_000);

  /** Nobody is refused who could be served in time, or admitted who could not. */
  @ParameterizedTest
  @CsvSource({
    "/v1/payments,                 ,        1000",
    "/v1/payments,                 50,      50",
    "/v1/payments,                 20000,   20000",
    "/v1/payments,                 30000,   20000",
    "/v1/payments,                 ' 700 ', 700",
    "/v1/payments,                 49,      1000",
    "/v1/payments,                 soon,    1000",
    "/v1/payments,                 -1,      1000",
    "/v1/payment-batches,          ,        2000",
    "/v1/payment-batches,          50,      500",
    "/v1/payment-batches,          700,     700",
    "/v1/payment-batches,          120000,  2000",
    "/v1/payment-batches,          600000,  2000",
    "/v1/payment-batches/x/resume, ,        2000",
    "/v1/payment-batchesx,         ,        1000",
  })
  void takesAsLongAsItsRouteWaits(String path, @Nullable String header, long milliseconds) {
    var head =
        new RequestHead("POST", path, name -> name.equals("Payment-Deadline-Ms") ? header : null);

    assertThat(AdmissionRequests.patience(head, DEADLINES))
        .isEqualTo(Duration.ofMillis(milliseconds));
  }
}
