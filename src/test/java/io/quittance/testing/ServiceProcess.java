package io.quittance.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/**
 * The packaged service as a process of its own, in the production profile, to be killed at will.
 */
public final class ServiceProcess implements AutoCloseable {

  public static final String OPERATOR_KEY = "an operator key for tests only, long enough";

  private static final String JAVA = ProcessHandle.current().info().command().orElse("java");
  private static final Duration START_LIMIT = Duration.ofMinutes(5);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Process process;
  private final int port;
  private final int managementPort;

  private ServiceProcess(Process process, int port, int managementPort) {
    this.process = process;
    this.port = port;
    this.managementPort = managementPort;
  }

  /** Starts a replica on a database and waits until it is ready. */
  public static ServiceProcess start(Postgres.Database database, String... properties) {
    ServiceProcess service = launch(database, properties);
    service.awaitReady();
    return service;
  }

  /** As {@link #start}, but its output goes into a pipe that nobody reads. */
  public static ServiceProcess startUnread(Postgres.Database database, String... properties) {
    ServiceProcess service = launch(database, freePort(), Redirect.PIPE, properties);
    service.awaitReady();
    return service;
  }

  /** Starts a replica on a database; it is not ready yet. */
  public static ServiceProcess launch(Postgres.Database database, String... properties) {
    int port = freePort();
    return launch(database, port, Redirect.to(logOf(port).toFile()), properties);
  }

  private static ServiceProcess launch(
      Postgres.Database database, int port, Redirect output, String... properties) {
    int managementPort = freePort();
    List<String> command =
        new ArrayList<>(
            List.of(
                JAVA,
                "--enable-preview",
                // As in the image: OpenTelemetry's queue would make the JVM warn in the log.
                "--sun-misc-unsafe-memory-access=allow",
                // It starts often and does not live long.
                "-XX:TieredStopAtLevel=1",
                "-Dquittance.warm-up.limit=0s",
                "-Xmx512m"));
    command.addAll(TrainedService.arguments());
    command.addAll(List.of(properties));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(output);
    builder.environment().put("SPRING_PROFILES_ACTIVE", "production");
    builder.environment().putAll(settings(database, port, managementPort));
    try {
      return new ServiceProcess(builder.start(), port, managementPort);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a deployment has to set, as variables of the environment. */
  public static Map<String, String> settings(
      Postgres.Database database, int port, int managementPort) {
    return Map.of(
        "SPRING_DATASOURCE_URL",
        database.url(),
        "SPRING_DATASOURCE_USERNAME",
        Postgres.Database.USER,
        "SPRING_DATASOURCE_PASSWORD",
        Postgres.Database.PASSWORD,
        "QUITTANCE_OPERATOR_KEY",
        OPERATOR_KEY,
        "QUITTANCE_NOTIFICATION_SECRET_KEY",
        "YSBzZWNyZXQga2V5IGZvciB0ZXN0cyBvbmx5LCBvay4=",
        "SERVER_PORT",
        Integer.toString(port),
        "MANAGEMENT_SERVER_PORT",
        Integer.toString(managementPort));
  }

  private void awaitReady() {
    try {
      Awaitility.await().atMost(START_LIMIT).until(this::ready);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  public static int freePort() {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the readiness probe says yes. */
  public boolean ready() {
    if (!process.isAlive()) {
      throw new IllegalStateException("the service ended: see target/service-" + port + ".log");
    }
    try {
      var probe = URI.create("http://localhost:" + managementPort + "/actuator/health/readiness");
      var request = HttpRequest.newBuilder(probe).timeout(Duration.ofSeconds(2)).build();
      return HTTP.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  public URI uri() {
    return URI.create("http://localhost:" + port);
  }

  public URI management() {
    return URI.create("http://localhost:" + managementPort);
  }

  /**
   * The sum of a metric's series.
   *
   * @param pattern what their lines begin with, a regular expression
   */
  public long metric(String pattern) throws IOException, InterruptedException {
    var line = Pattern.compile("(?m)^" + pattern + "[^ \\n]* ([0-9.E]+)$");
    return (long)
        line.matcher(metrics())
            .results()
            .mapToDouble(result -> Double.parseDouble(result.group(1)))
            .sum();
  }

  /** How many connections each pool may have that has had one. */
  public Map<String, Integer> connections() throws IOException, InterruptedException {
    return Pattern.compile("(?m)^hikaricp_connections_max\\{pool=\"(\\w+)\"} ([0-9]+)")
        .matcher(metrics())
        .results()
        .collect(
            Collectors.toMap(
                result -> result.group(1), result -> Integer.parseInt(result.group(2))));
  }

  private String metrics() throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(management().resolve("/actuator/prometheus")).build();
    return HTTP.send(request, BodyHandlers.ofString()).body();
  }

  /** What it has logged. */
  public Path log() {
    return logOf(port);
  }

  private static Path logOf(int port) {
    return Path.of("target", "service-" + port + ".log");
  }

  /** SIGKILL. */
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** SIGSTOP: it does nothing until {@link #thaw}, whatever it was doing. */
  public void freeze() throws IOException, InterruptedException {
    Freezing.freeze(process.pid());
  }

  /** SIGCONT. */
  public void thaw() throws IOException, InterruptedException {
    Freezing.thaw(process.pid());
  }

  public long pid() {
    return process.pid();
  }

  /** Asks its JVM for a whole collection, and waits for it. */
  public void collectGarbage() throws IOException, InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    new ProcessBuilder(jcmd.toString(), Long.toString(process.pid()), "GC.run")
        .redirectErrorStream(true)
        .redirectOutput(Redirect.DISCARD)
        .start()
        .waitFor();
  }

  /** SIGTERM; returns at once. */
  public void terminate() {
    process.destroy();
  }

  public boolean alive() {
    return process.isAlive();
  }

  /** Waits for the end; its exit code. */
  public int exitCode(Duration limit) throws InterruptedException {
    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException("the service has not ended in " + limit);
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      kill();
    }
  }
}
