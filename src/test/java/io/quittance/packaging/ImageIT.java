package io.quittance.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.testing.Postgres;
import io.quittance.testing.ServiceProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The image as far as it can be built without a container engine: the layers that the Dockerfile
 * copies, in its order, started by its command with its environment, as its user where the test
 * runs as root. Its base image and its cache of a trained start are left out.
 */
class ImageIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path JAVA = Path.of(ProcessHandle.current().info().command().orElse("java"));

  @TempDir private Path directory;
  private String dockerfile = "";
  private Path app = Path.of("");

  @BeforeEach
  void unpack() throws Exception {
    dockerfile = Files.readString(Path.of("Dockerfile")).replaceAll("\\\\\n *", "");
    // Whoever runs it is nobody special, and may not write here.
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path layers = directory.resolve("layers");
    app = Files.createDirectory(directory.resolve("app"));
    run(
        List.of(
            JAVA.toString(),
            "-Djarmode=tools",
            "-jar",
            Path.of(System.getProperty("service.jar")).toAbsolutePath().toString(),
            "extract",
            "--layers",
            "--destination",
            layers.toString()));
    List<String> copied = matches("(?m)^COPY --from=build /build/layers/([a-z-]+)/ \\./$");
    try (Stream<Path> extracted = Files.list(layers)) {
      assertThat(extracted.map(layer -> layer.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(copied);
    }
    for (String layer : copied) {
      run(List.of("cp", "-r", layers.resolve(layer) + "/.", app.toString()));
    }
    run(List.of("chmod", "-R", "a+rX,go-w", app.toString()));
  }

  @Test
  void startsAsItsUserAndTellsThatItIsHealthy() throws Exception {
    int port = ServiceProcess.freePort();
    Map<String, String> environment =
        environment(Postgres.create(), port, ServiceProcess.freePort());
    Path log = directory.resolve("log");
    Process service =
        process("(?m)^ENTRYPOINT (\\[.*])$", environment).redirectOutput(log.toFile()).start();
    try {
      Awaitility.await()
          .atMost(Duration.ofMinutes(3))
          .pollInterval(Duration.ofSeconds(1))
          .until(
              () -> {
                assertThat(service.isAlive()).as(() -> text(log)).isTrue();
                return process("(?m)^HEALTHCHECK .* CMD (\\[.*])$", environment).start().waitFor()
                    == 0;
              });
      assertThat(makeMerchant(port)).isEqualTo(201);
      assertThat(Files.readString(log)).doesNotContain("WARNING:");

      service.destroy();
      assertThat(service.waitFor(1, TimeUnit.MINUTES)).isTrue();
    } finally {
      service.destroyForcibly();
    }
  }

  private static int makeMerchant(int port) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/v1/merchants"))
            .header("Authorization", "Bearer " + ServiceProcess.OPERATOR_KEY)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("{\"name\":\"Acme\"}"))
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(request, BodyHandlers.discarding()).statusCode();
    }
  }

  /** What the Dockerfile sets, and what a deployment has to. */
  private Map<String, String> environment(
      Postgres.Database database, int port, int managementPort) {
    var environment = new HashMap<String, String>();
    Pattern.compile("([A-Z_]+)=(\"[^\"]*\"|\\S+)")
        .matcher(matches("(?m)^ENV (.*)$").getFirst())
        .results()
        .forEach(set -> environment.put(set.group(1), set.group(2).replace("\"", "")));
    environment.computeIfPresent(
        "JDK_JAVA_OPTIONS",
        (_, options) -> options.replace(" -XX:AOTCache=/app/quittance.aot", ""));
    environment.put("QUITTANCE_WARM_UP_LIMIT", "0s");
    environment.putAll(ServiceProcess.settings(database, port, managementPort));
    return environment;
  }

  /** A process of the image, by one of its commands. */
  private ProcessBuilder process(String commandPattern, Map<String, String> environment)
      throws IOException {
    var command = new ArrayList<String>();
    if (System.getProperty("user.name").equals("root")) {
      String user = matches("(?m)^USER (\\d+):\\d+$").getFirst();
      command.addAll(List.of("setpriv", "--reuid=" + user, "--regid=" + user, "--clear-groups"));
    }
    command.addAll(List.of(JSON.readValue(matches(commandPattern).getFirst(), String[].class)));
    var builder = new ProcessBuilder(command).directory(app.toFile()).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().put("PATH", JAVA.getParent() + ":/usr/bin:/bin");
    builder.environment().putAll(environment);
    return builder;
  }

  private List<String> matches(String pattern) {
    return Pattern.compile(pattern)
        .matcher(dockerfile)
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  private static void run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
