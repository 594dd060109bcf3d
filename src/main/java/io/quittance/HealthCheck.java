package io.quittance;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;

/**
 * Checks whether the service on this machine is ready, for images without a shell: {@code java -cp
 * quittance.jar io.quittance.HealthCheck} exits with 0 if so, else with 1.
 */
public final class HealthCheck {

  private static final String PORT_VARIABLE = "MANAGEMENT_SERVER_PORT";
  private static final String PORT_IN_PRODUCTION = "8081";
  private static final int LIMIT_MS = 2_000;

  private HealthCheck() {}

  public static void main(String[] args) {
    String port = System.getenv().getOrDefault(PORT_VARIABLE, PORT_IN_PRODUCTION);
    System.exit(ready(port) ? 0 : 1);
  }

  private static boolean ready(String port) {
    try {
      var probe = URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness").toURL();
      var connection = (HttpURLConnection) probe.openConnection();
      connection.setConnectTimeout(LIMIT_MS);
      connection.setReadTimeout(LIMIT_MS);
      return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
    } catch (IOException | IllegalArgumentException e) {
      System.err.println("not ready: " + e);
      return false;
    }
  }
}
