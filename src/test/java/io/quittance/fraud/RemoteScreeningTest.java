package io.quittance.fraud;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.money.Money;
import io.quittance.testing.Proves;
import io.quittance.tracing.Tracing;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A screening service that hangs or refuses; what else it may do wrong is tried from outside. */
class RemoteScreeningTest {

  private static final ScreeningRequest SUBJECT =
      new ScreeningRequest(
          UUID.randomUUID(), UUID.randomUUID(), new Money(1, "EUR"), "alice", "shop", "{}");

  /** Whichever timer goes off first, it is too late, and not the service that failed. */
  @Test
  void isTooLateAtItsDeadlineAlsoWhereNobodyElseWatchesIt() throws Exception {
    try (var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      RemoteScreening screening = at(server.getLocalPort());

      assertThatThrownBy(() -> screening.screen(SUBJECT, Deadline.after(Duration.ofMillis(200))))
          .isInstanceOf(DeadlineExceededException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 409, 413, 422, 451})
  @Proves("the remote screening refuses one payment")
  void refusesOnePayment(int status) throws Exception {
    assertThatThrownBy(() -> answered(status)).isInstanceOf(ScreeningRefusedException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 401, 403, 404, 405, 407, 408, 429, 500, 503})
  @Proves("the remote screening refuses one payment")
  void failsForAllPayments(int status) throws Exception {
    assertThatThrownBy(() -> answered(status))
        .isInstanceOf(RemoteScreening.BadAnswerException.class);
  }

  private static void answered(int status) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/screen",
        exchange -> {
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    server.start();
    try {
      at(server.getAddress().getPort()).screen(SUBJECT, Deadline.after(Duration.ofSeconds(30)));
    } finally {
      server.stop(0);
    }
  }

  private static RemoteScreening at(int port) {
    return new RemoteScreening(
        URI.create("http://localhost:%d/screen".formatted(port)),
        new ObjectMapper(),
        Duration.ofSeconds(5),
        Tracing.OFF);
  }
}
