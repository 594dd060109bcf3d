package io.quittance.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A real Prometheus that scrapes one service every second under our rules. */
public final class PrometheusServer implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Process process;
  private final URI api;

  private PrometheusServer(Process process, URI api) {
    this.process = process;
    this.api = api;
  }

  /** Starts the installed one; where there is none, the test is skipped. */
  public static PrometheusServer scraping(URI management, Path folder) throws IOException {
    Program prometheus = Program.named("prometheus", "apt-get install prometheus");
    Path configuration = folder.resolve("prometheus.yml");
    Files.writeString(
        configuration,
        """
        global:
          scrape_interval: 1s
          evaluation_interval: 1s
        rule_files: ["%s/*.yml"]
        scrape_configs:
          - job_name: quittance
            metrics_path: /actuator/prometheus
            static_configs:
              - targets: ["%s:%d"]
        """
            .formatted(
                eachSecond(
                    Path.of("ops/prometheus/rules"),
                    Files.createDirectory(folder.resolve("rules"))),
                management.getHost(),
                management.getPort()));
    int port;
    try (var socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    var builder =
        new ProcessBuilder(
                prometheus.path().toString(),
                "--config.file=" + configuration,
                "--storage.tsdb.path=" + folder.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile());
    return new PrometheusServer(builder.start(), URI.create("http://127.0.0.1:" + port));
  }

  /** A copy of the rules in which no group has an interval of its own. */
  private static Path eachSecond(Path rules, Path copies) throws IOException {
    try (var files = Files.newDirectoryStream(rules, "*.yml")) {
      for (Path file : files) {
        String text = Files.readString(file).replaceAll("(?m)^ {4}interval: .+\n", "");
        Files.writeString(copies.resolve(file.getFileName()), text);
      }
    }
    return copies;
  }

  /** Whether it has answered an instant query with at least one sample. */
  public boolean hasDataFor(String expression) throws IOException, InterruptedException {
    return !query("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
        .at("/data/result")
        .isEmpty();
  }

  /** Its answer; an error of its own, such as an expression that it cannot read, is thrown. */
  public JsonNode query(String path) throws IOException, InterruptedException {
    String text =
        HTTP.send(HttpRequest.newBuilder(api.resolve(path)).build(), BodyHandlers.ofString())
            .body();
    JsonNode answer = JSON.readTree(text);
    if (!answer.path("status").asText().equals("success")) {
      throw new AssertionError(path + ": " + text);
    }
    return answer;
  }

  public boolean ready() throws InterruptedException {
    try {
      var request = HttpRequest.newBuilder(api.resolve("/-/ready")).build();
      return HTTP.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
