package io.quittance.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.web.RequestHead;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is read of a request before its body. */
class AdmissionRequestsTest {

  private static final Duration BY_DEFAULT = Duration.ofSeconds(2);

  /** As its route grants it, so that nobody is refused who could have been served in time. */
  @ParameterizedTest
  @CsvSource({
    "/v1/payments,                 ,        2000",
    "/v1/payments,                 50,      50",
    "/v1/payments,                 30000,   30000",
    "/v1/payments,                 ' 700 ', 700",
    "/v1/payments,                 49,      2000",
    "/v1/payments,                 soon,    2000",
    "/v1/payments,                 -1,      2000",
    "/v1/payment-batches,          ,        10000",
    "/v1/payment-batches,          120000,  120000",
    "/v1/payment-batches,          600000,  600000",
    "/v1/payment-batches/x/resume, ,        10000",
    "/v1/payment-batchesx,         ,        2000",
  })
  void takesTheDeadlineThatItsRouteGrants(String path, @Nullable String header, long milliseconds) {
    var head =
        new RequestHead("POST", path, name -> name.equals("Payment-Deadline-Ms") ? header : null);

    assertThat(AdmissionRequests.patience(head, BY_DEFAULT))
        .isEqualTo(Duration.ofMillis(milliseconds));
  }
}
