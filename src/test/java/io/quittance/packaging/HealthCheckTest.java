package io.quittance.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.quittance.HealthCheck;
import java.io.File;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The image's health check, as a process of its own. */
class HealthCheckTest {

  private static final String JAVA = ProcessHandle.current().info().command().orElse("java");

  @ParameterizedTest
  @CsvSource({"200,0", "503,1"})
  void endsWellOnlyIfTheServiceIsReady(int status, int exitCode) throws Exception {
    HttpServer service =
        HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    service.createContext(
        "/actuator/health/readiness",
        exchange -> {
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    service.start();
    try {
      assertThat(exitCode(Integer.toString(service.getAddress().getPort()))).isEqualTo(exitCode);
    } finally {
      service.stop(0);
    }
  }

  @Test
  void endsBadlyIfNothingListensOrThePortIsNone() throws Exception {
    String port;
    try (var socket = new ServerSocket(0)) {
      port = Integer.toString(socket.getLocalPort());
    }

    assertThat(exitCode(port)).isEqualTo(1);
    assertThat(exitCode("none")).isEqualTo(1);
  }

  private static int exitCode(String port) throws Exception {
    var builder =
        new ProcessBuilder(
                JAVA,
                "--enable-preview",
                "-cp",
                "target" + File.separator + "classes",
                HealthCheck.class.getName())
            .inheritIO();
    builder.environment().put("MANAGEMENT_SERVER_PORT", port);
    return builder.start().waitFor();
  }
}
