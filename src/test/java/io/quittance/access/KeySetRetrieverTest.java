package io.quittance.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the alert on the issuer's keys sees of fetches. */
@Timeout(60)
class KeySetRetrieverTest {

  private static final byte[] KEYS = "{\"keys\":[]}".getBytes(StandardCharsets.UTF_8);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final KeySetRetriever retriever = new KeySetRetriever("https://issuer.test", meters);
  private final CountDownLatch end = new CountDownLatch(1);
  private HttpServer issuer;

  @BeforeEach
  void start() throws IOException {
    issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    issuer.createContext("/keys", this::answer);
    issuer.start();
  }

  @AfterEach
  void stop() {
    end.countDown();
    retriever.close();
    issuer.stop(0);
  }

  @Test
  void keysThatComeInTimeCountAsFetched() throws Exception {
    end.countDown();

    assertThat(retriever.retrieveResource(keys()).getContent()).contains("keys");

    Awaitility.await().until(() -> fetches("ok") == 1);
    assertThat(fetches("failed")).isZero();
  }

  @Test
  void keysThatComeAfterTheirCallerHasGivenUpCountAsFailed() throws Exception {
    URL keys = keys();
    assertThatThrownBy(() -> retriever.retrieveResource(keys))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("in time");

    end.countDown();

    Awaitility.await().until(() -> fetches("ok") + fetches("failed") == 1);
    assertThat(fetches("failed")).isEqualTo(1);
  }

  /** A byte now and then until the end, so that no time-out of a read ends it before. */
  private void answer(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream body = exchange.getResponseBody()) {
      while (!end.await(100, TimeUnit.MILLISECONDS)) {
        body.write(' ');
        body.flush();
      }
      body.write(KEYS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private URL keys() throws IOException {
    return URI.create("http://127.0.0.1:" + issuer.getAddress().getPort() + "/keys").toURL();
  }

  private double fetches(String outcome) {
    return meters
        .get("quittance.pool.jobs")
        .tag("pool", "jwks")
        .tag("outcome", outcome)
        .counter()
        .count();
  }
}
