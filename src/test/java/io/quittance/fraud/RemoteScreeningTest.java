package io.quittance.fraud;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.money.Money;
import io.quittance.tracing.Tracing;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A screening service that hangs; what else it may do wrong is tried from outside. */
class RemoteScreeningTest {

  /** Whichever timer goes off first, it is too late, and not the service that failed. */
  @Test
  void isTooLateAtItsDeadlineAlsoWhereNobodyElseWatchesIt() throws Exception {
    try (var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      var url = URI.create("http://localhost:%d/screen".formatted(server.getLocalPort()));
      var screening =
          new RemoteScreening(url, new ObjectMapper(), Duration.ofSeconds(5), Tracing.OFF);
      var subject =
          new ScreeningRequest(
              UUID.randomUUID(), UUID.randomUUID(), new Money(1, "EUR"), "alice", "shop", "{}");

      assertThatThrownBy(() -> screening.screen(subject, Deadline.after(Duration.ofMillis(200))))
          .isInstanceOf(DeadlineExceededException.class);
    }
  }
}
