package io.quittance.bench;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The packaged jar as a process of its own, in the production profile. */
final class Service implements AutoCloseable {

  static final String OPERATOR_KEY = "an operator key for the benchmark only";

  private static final int OK = 200;
  private static final long START_LIMIT_MS = 240_000;
  private static final String JAVA = ProcessHandle.current().info().command().orElse("java");

  /** All lanes together; a build from before the lanes has one without a number. */
  private static final Pattern OF_JOURNAL =
      Pattern.compile("^(quittance_)?pool_batch_size_(sum|count)\\{.*pool=\"journal(-\\d+)?\"");

  private final Process process;
  private final int port;
  private final int managementPort;
  private double readyAfterSeconds;

  private Service(Process process, int port, int managementPort) {
    this.process = process;
    this.port = port;
    this.managementPort = managementPort;
  }

  /** The jar of this checkout. */
  static Path jar() {
    return Path.of(System.getProperty("service.jar"));
  }

  static Service start(Database database, String name, List<String> jvm, File log)
      throws IOException, InterruptedException {
    return start(jar(), database, name, jvm, log);
  }

  static Service start(Path jar, Database database, String name, List<String> jvm, File log)
      throws IOException, InterruptedException {
    int port = freePort();
    int managementPort = freePort();
    // Benchmarks warm it up by themselves; those of a start say otherwise in their options.
    var command =
        new ArrayList<>(
            List.of(JAVA, "--enable-preview", "-Xmx1g", "-Dquittance.warm-up.limit=0s"));
    command.addAll(jvm);
    command.addAll(List.of("-jar", jar.toString()));
    var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log);
    builder
        .environment()
        .putAll(
            Map.of(
                "SPRING_PROFILES_ACTIVE",
                "production",
                "SPRING_DATASOURCE_URL",
                database.url(name),
                "SPRING_DATASOURCE_USERNAME",
                Database.USER,
                "SPRING_DATASOURCE_PASSWORD",
                Database.PASSWORD,
                "QUITTANCE_OPERATOR_KEY",
                OPERATOR_KEY,
                "QUITTANCE_RATE_LIMIT_ENABLED",
                "false",
                "QUITTANCE_NOTIFICATION_ALLOW_LOOPBACK",
                "true",
                "QUITTANCE_NOTIFICATION_SECRET_KEY",
                "YSBzZWNyZXQga2V5IGZvciB0aGUgYmVuY2htYXJrICE=",
                "SERVER_PORT",
                Integer.toString(port),
                "MANAGEMENT_SERVER_PORT",
                Integer.toString(managementPort)));
    long begun = System.nanoTime();
    var service = new Service(builder.start(), port, managementPort);
    // A benchmark that is interrupted must not leave its service behind.
    Runtime.getRuntime().addShutdownHook(new Thread(service.process::destroyForcibly));
    service.awaitReady(log);
    service.readyAfterSeconds = (System.nanoTime() - begun) / 1e9;
    return service;
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private void awaitReady(File log) throws InterruptedException {
    long end = System.nanoTime() + START_LIMIT_MS * 1_000_000;
    while (!ready()) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new IllegalStateException("the service does not start: see " + log);
      }
      Thread.sleep(200);
    }
  }

  private boolean ready() {
    try {
      return probe("readiness") == OK;
    } catch (IOException e) {
      return false;
    }
  }

  /** The status of a health probe. */
  int probe(String name) throws IOException {
    try (var http = new Http(managementPort)) {
      return http.exchange(HttpClient.request("GET", "/actuator/health/" + name, "-", "-", ""));
    }
  }

  /** The memory that the process has, heap and all. */
  long residentMegabytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024;
      }
    }
    return 0;
  }

  int port() {
    return port;
  }

  /** Batches of the journal so far, and the commands in them. */
  Journal journal() throws IOException {
    try (var connection =
        java.net
            .URI
            .create("http://localhost:%d/actuator/prometheus".formatted(managementPort))
            .toURL()
            .openStream()) {
      double commands = 0;
      double batches = 0;
      for (String line : new String(connection.readAllBytes()).lines().toList()) {
        if (OF_JOURNAL.matcher(line).find()) {
          commands += line.contains("_sum{") ? value(line) : 0;
          batches += line.contains("_count{") ? value(line) : 0;
        }
      }
      return new Journal(batches, commands);
    }
  }

  /** Counters of the journal's pool. */
  record Journal(double batches, double commands) {}

  private static double value(String line) {
    return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
  }

  /** From the start of the process to the first probe that found it ready. */
  double readyAfterSeconds() {
    return readyAfterSeconds;
  }

  /** The processor time that the service has used so far, in seconds. */
  double cpuSeconds() {
    return process.info().totalCpuDuration().map(time -> time.toNanos() / 1e9).orElse(0.0);
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Ends it as an orchestrator would, and waits. */
  @Override
  public void close() throws InterruptedException {
    process.destroy();
    process.waitFor();
  }
}
