package io.quittance;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;

class SandboxIT {

  private final List<Integer> answers = new ArrayList<>();

  /** Whoever waits for the port finds the key and the accounts. */
  @Test
  void listensWhenItsDemoDataIsThere() {
    ApplicationListener<WebServerInitializedEvent> listening =
        event -> answers.add(askForAlice(event.getWebServer().getPort()));

    new SpringApplicationBuilder(QuittanceApplication.class)
        .profiles("sandbox")
        .listeners(listening)
        .run(
            "--server.port=0",
            "--spring.jmx.enabled=false",
            "--spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID())
        .close();

    assertThat(answers).containsExactly(200);
  }

  private static int askForAlice(int port) {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/v1/accounts/alice".formatted(port)))
            .header("Authorization", "Bearer qt_sandbox_key")
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(request, BodyHandlers.discarding()).statusCode();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
