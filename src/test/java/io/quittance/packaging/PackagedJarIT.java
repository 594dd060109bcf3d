package io.quittance.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.testing.Postgres;
import io.quittance.testing.ServiceProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What strangers and operators see of the packaged jar in production. */
class PackagedJarIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static ServiceProcess service;

  @BeforeAll
  static void start() {
    service = ServiceProcess.start(Postgres.create(), "--quittance.web.request-log=true");
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  @Test
  void tellsHealthAndMetricsAndNothingElse() throws Exception {
    URI management = service.management();
    for (String group : List.of("", "/liveness", "/readiness")) {
      HttpResponse<String> health = get(management, "/actuator/health" + group);

      assertThat(health.statusCode()).isEqualTo(200);
      assertThat(JSON.readTree(health.body()).path("status").asText()).isEqualTo("UP");
      assertThat(health.body()).doesNotContain("components", "details", "PostgreSQL", "fraud");
    }
    assertThat(get(management, "/actuator/prometheus").body()).contains("jvm_memory_used_bytes");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/env",
        "/beans",
        "/heapdump",
        "/info",
        "/metrics",
        "/sbom",
        "/loggers",
        "/configprops"
      })
  void hidesTheRestOfTheActuator(String endpoint) throws Exception {
    assertThat(get(service.management(), "/actuator" + endpoint).statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/actuator",
        "/actuator/health",
        "/actuator/prometheus",
        "/sandbox/faults",
        "/error"
      })
  void showsNothingOfItOnThePublicPort(String path) throws Exception {
    HttpResponse<String> answer = get(service.uri(), path);

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(JSON.readTree(answer.body()).path("code").asText()).isEqualTo("not_found");
  }

  @Test
  void logsInJsonWithTheRequestAndNoSecret() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(service.uri().resolve("/v1/merchants"))
            .header("Authorization", "Bearer " + ServiceProcess.OPERATOR_KEY)
            .header("Content-Type", "application/json")
            .header("X-Request-Id", "logged-1")
            .POST(BodyPublishers.ofString("{\"name\":\"Acme\"}"))
            .build();
    String merchant = HTTP.send(request, BodyHandlers.ofString()).body();
    JsonNode key = JSON.readTree(merchant).path("api_key").path("secret");
    HttpRequest list =
        HttpRequest.newBuilder(service.uri().resolve("/v1/accounts?limit=1"))
            .header("Authorization", "Bearer " + key.asText())
            .header("X-Request-Id", "logged-2")
            .build();
    assertThat(HTTP.send(list, BodyHandlers.ofString()).statusCode()).isEqualTo(200);

    // The line is written after the answer.
    JsonNode line =
        org.awaitility.Awaitility.await()
            .until(() -> line("logged-2"), found -> !found.isMissingNode());

    assertThat(line.path("merchant_id").asText())
        .isEqualTo(JSON.readTree(merchant).path("id").asText());
    assertThat(line.path("route").asText()).isEqualTo("/v1/accounts");
    assertThat(line.path("status").asInt()).isEqualTo(200);
    assertThat(Files.readString(service.log()))
        .doesNotContain(key.asText(), ServiceProcess.OPERATOR_KEY);
  }

  private static JsonNode line(String requestId) throws IOException {
    for (String text : Files.readAllLines(service.log())) {
      if (text.startsWith("{")) {
        JsonNode line = JSON.readTree(text);
        if (line.path("request_id").asText().equals(requestId)) {
          return line;
        }
      }
    }
    return com.fasterxml.jackson.databind.node.MissingNode.getInstance();
  }

  @Test
  void listsEveryLibraryInTheBillOfMaterials() throws Exception {
    try (var jar = new JarFile(System.getProperty("service.jar"))) {
      var entry =
          jar.stream()
              .filter(e -> e.getName().endsWith("META-INF/sbom/application.cdx.json"))
              .findFirst()
              .orElseThrow();
      var listed = new ArrayList<String>();
      JSON.readTree(jar.getInputStream(entry))
          .path("components")
          .forEach(c -> listed.add(c.path("name").asText() + "-" + c.path("version").asText()));
      List<String> packaged =
          jar.stream()
              .map(e -> e.getName())
              .filter(name -> name.startsWith("BOOT-INF/lib/") && name.endsWith(".jar"))
              .map(
                  name -> name.substring("BOOT-INF/lib/".length(), name.length() - ".jar".length()))
              // Added by the packager itself.
              .filter(name -> !name.startsWith("spring-boot-jarmode"))
              .toList();

      assertThat(packaged).isNotEmpty();
      assertThat(listed).containsAll(packaged);
    }
  }

  private static HttpResponse<String> get(URI service, String path) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(service.resolve(path)).build(), BodyHandlers.ofString());
  }
}
