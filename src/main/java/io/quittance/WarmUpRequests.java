package io.quittance;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.quittance.access.WarmUpKey;
import io.quittance.fraud.Fraud;
import io.quittance.web.DeadlineHeader;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.web.ServerProperties;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Requests that the service sends to its own port: simulated payments, which run the code of
 * payments but write nothing, and reads. They use a special key, for a merchant that does not exist
 * ({@link WarmUpKey}). Where a remote service screens, simulations are refused before it is asked.
 * Thread-safe.
 */
@Component
class WarmUpRequests {

  private static final String SIMULATION = "/v1/payments/simulate";
  private static final int SIMULATIONS = 4;
  private static final List<String> READS =
      List.of("/v1/payments", "/v1/payments/pay_00000000000000000000000000");

  private static final int LIMIT_MS = 5_000;
  private static final int BAD_REQUEST = 400;
  private static final int UNAUTHORIZED = 401;
  private static final int SERVER_ERROR = 500;

  /** A trace whose caller does not record it (W3C Trace Context). */
  private static final String UNRECORDED =
      "00-00000000000000000000000000000001-0000000000000001-00";

  private static final byte[] PAYMENT =
      """
      {"amount":1000,"currency":"EUR","payer":"warm-up-payer","payee":"warm-up-payee",\
      "capture_method":"automatic","reference":"warm-up","description":"Nobody pays this.",\
      "metadata":{"order":"none","channel":"warm-up"}}
      """
          .getBytes(UTF_8);

  private final WarmUpKey key;
  private final Fraud fraud;
  private final Environment environment;
  private final ServerProperties server;

  WarmUpRequests(WarmUpKey key, Fraud fraud, Environment environment, ServerProperties server) {
    this.key = key;
    this.fraud = fraud;
    this.environment = environment;
    this.server = server;
  }

  /**
   * Sends each of them.
   *
   * @throws IOException no response in time, or a server error
   */
  void send() throws IOException {
    for (int i = 0; i < SIMULATIONS; i++) {
      send(SIMULATION, PAYMENT);
    }
    for (String path : READS) {
      send(path, null);
    }
  }

  private void send(String path, byte @Nullable [] body) throws IOException {
    var connection = (HttpURLConnection) uri(path).toURL().openConnection(Proxy.NO_PROXY);
    connection.setConnectTimeout(LIMIT_MS);
    connection.setReadTimeout(LIMIT_MS);
    connection.setRequestProperty("Authorization", "Bearer " + key.text());
    connection.setRequestProperty("traceparent", UNRECORDED);
    if (body != null) {
      connection.setDoOutput(true);
      connection.setFixedLengthStreamingMode(body.length);
      connection.setRequestProperty("Content-Type", "application/json");
      if (fraud.remote()) {
        connection.setRequestProperty(DeadlineHeader.NAME, "none");
      }
      connection.getOutputStream().write(body);
    }
    int status = connection.getResponseCode();
    // The connection is kept for the next request once its answer has been read.
    try (InputStream answer =
        status < BAD_REQUEST ? connection.getInputStream() : connection.getErrorStream()) {
      answer.readAllBytes();
    }
    if (status == UNAUTHORIZED || status >= SERVER_ERROR) {
      throw new IOException("%s: status %d".formatted(path, status));
    }
  }

  private URI uri(String path) {
    InetAddress bound = server.getAddress();
    InetAddress address =
        bound == null || bound.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : bound;
    String host = address.getHostAddress();
    return URI.create(
        "http://%s:%s%s"
            .formatted(
                host.contains(":") ? "[" + host + "]" : host,
                environment.getProperty("local.server.port"),
                path));
  }

  /** Withdraws the key. */
  void end() {
    key.withdraw();
  }
}
