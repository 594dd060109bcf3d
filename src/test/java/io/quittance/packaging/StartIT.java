package io.quittance.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.testing.Postgres;
import io.quittance.testing.ServiceProcess;
import io.quittance.testing.TrainedService;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.reflect.ClassFileFormatVersion;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the person sees who starts the packaged jar, rightly or wrongly. */
@Tag("side-by-side")
class StartIT {

  private static final String JAVA = ProcessHandle.current().info().command().orElse("java");
  private static final String JAR = System.getProperty("service.jar");
  private static final long MINUTES_MAX = 5;

  /** Without a stack trace, and with no warning beside it. */
  private static final int LINES_MAX = 12;

  private static final String PASSWORD = "a secret of this test";

  /** Where a password is asked for, unlike by the server of the other tests. */
  private static EmbeddedPostgres postgres;

  private static int unusedPort;

  /** A start that ended, and what it said. */
  private record Ended(int exitCode, String output) {}

  @BeforeAll
  static void askForPasswords(@TempDir Path directory) throws Exception {
    Path access = directory.resolve("pg_hba.conf");
    Files.writeString(
        access,
        """
        host all postgres all trust
        host all clerk    all scram-sha-256
        """);
    postgres = EmbeddedPostgres.builder().setServerConfig("hba_file", access.toString()).start();
    sql("create user clerk password '" + PASSWORD + "'");
    sql("create database ledger owner clerk");
    sql("create database others");
    try (var socket = new ServerSocket(0)) {
      unusedPort = socket.getLocalPort();
    }
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.close();
  }

  private static void sql(String statement) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement jdbc = connection.createStatement()) {
      jdbc.execute(statement);
    }
  }

  @Test
  void saysTheCommandThatWorksWhenPreviewFeaturesAreOff() throws Exception {
    Ended ended = ended(List.of(JAVA, "-jar", JAR), Map.of());

    assertThat(ended.exitCode()).isEqualTo(1);
    assertThat(ended.output().lines())
        .containsExactly("Quittance needs preview features: java --enable-preview -jar " + JAR);
  }

  /** Any Java that opens the jar can read the launcher, which says which Java it takes. */
  @Test
  void leavesTheFirstWordToAClassForOlderJava() throws Exception {
    try (var jar = new JarFile(JAR);
        var launcher =
            new DataInputStream(
                jar.getInputStream(jar.getEntry("BOOT-INF/classes/io/quittance/Launcher.class")))) {
      launcher.readInt();
      int previewFeatures = launcher.readUnsignedShort();
      int version = launcher.readUnsignedShort();

      assertThat(previewFeatures).isZero();
      assertThat(version).isEqualTo(ClassFileFormatVersion.RELEASE_17.major());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          SPRING_PROFILES_ACTIVE=prod                | SPRING_PROFILES_ACTIVE: production or sandbox, not "prod"
          SPRING_PROFILES_ACTIVE=production,blue     | SPRING_PROFILES_ACTIVE: production or sandbox, not "blue"
          SPRING_PROFILES_DEFAULT=dev                | SPRING_PROFILES_ACTIVE: production or sandbox, not "dev"
          QUITTANCE_DEADLINE_MAX_MS=soon             | quittance.deadline.max-ms: a whole number, at most 2147483647, not "soon"
          QUITTANCE_DEADLINE_DEFAULT_MS=40000        | quittance.deadline.default-ms: from 50 to quittance.deadline.max-ms, which is 30000, not 40000
          QUITTANCE_PAYMENT_ANSWERGRACE=1x           | quittance.payment.answer-grace: a duration such as 500ms, 5s, 10m or 24h, not "1x"
          QUITTANCE_PAYMENT_RESOLVEGRACE=4s          | quittance.payment.resolve-grace: not "PT4S": It must be longer than a transaction can live, which is 4000 ms
          QUITTANCE_IDEMPOTENCY_SWEEPINTERVAL=often  | quittance.idempotency.sweep-interval: a duration such as 500ms, 5s, 10m or 24h, not "often"
          QUITTANCE_IDEMPOTENCY_RETENTION=1s         | quittance.idempotency.retention: at least 15m, not 1s
          QUITTANCE_NOTIFICATION_EVENTRETENTION=400  | quittance.notification.event-retention: a duration such as 500ms, 5s, 10m or 24h, not "400"
          QUITTANCE_LEDGER_REPORTLIMIT=1x            | quittance.ledger.report-limit: a duration such as 500ms, 5s, 10m or 24h, not "1x"
          QUITTANCE_NOTIFICATION_ALLOWLOOPBACK=maybe | quittance.notification.allow-loopback: true or false, not "maybe"
          SERVER_PORT=http                           | server.port: a whole number, at most 2147483647, not "http"
          """)
  void namesTheSettingThatCannotBeUsed(String setting, String reason) throws Exception {
    String[] parts = setting.split("=", 2);

    Ended ended = ended(command("--server.address=127.0.0.1"), Map.of(parts[0], parts[1]));

    assertRefused(ended, reason);
  }

  @Test
  void reportsTheSettingThatDoesNotExist() throws Exception {
    Ended ended =
        ended(command("--quittance.journal.lanez=4", "--quittance.journal.lanes=0"), Map.of());

    assertThat(ended.output()).contains("The setting quittance.journal.lanez has no effect");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          //localhost:{port}/ledger              | a guess | SPRING_DATASOURCE_USERNAME, SPRING_DATASOURCE_PASSWORD: localhost:{port} refuses the user "clerk" with this password
          //localhost:{port}/lodger?ssl=false    | {right} | SPRING_DATASOURCE_URL: localhost:{port} has no database "lodger"; create database lodger encoding 'UTF8'
          //localhost:{port}/others              | {right} | SPRING_DATASOURCE_USERNAME: the user "clerk" lacks a permission (ERROR: permission denied for schema public)
          //localhost:{unused}/ledger            | {right} | SPRING_DATASOURCE_URL: nothing answers at localhost:{unused} (Connection refused)
          //no.such.host.invalid/ledger          | {right} | SPRING_DATASOURCE_URL: there is no host with this name: no.such.host.invalid
          """)
  void saysWhyTheDatabaseCannotBeUsed(String url, String password, String reason) throws Exception {
    Ended ended =
        production("jdbc:postgresql:" + withPorts(url), password.replace("{right}", PASSWORD));

    assertRefused(ended, withPorts(reason));
    assertThat(ended.output()).doesNotContain("a guess", PASSWORD);
  }

  @Test
  void opensNoDatabaseOfOthersUnlessTheSandboxIsAskedFor() throws Exception {
    Ended ended = ended(command(), Map.of("SPRING_DATASOURCE_URL", Postgres.create().url()));

    assertRefused(
        ended,
        "SPRING_PROFILES_ACTIVE: production, or sandbox to try the service with this database");
    assertThat(ended.output())
        .contains("QUITTANCE_OPERATOR_KEY: at least 32 characters")
        .doesNotContain("production without sandbox");
  }

  @Test
  void opensNoDatabaseWithMerchantsToASandbox() throws Exception {
    Postgres.Database database = Postgres.create();
    try (Connection connection = database.dataSource().getConnection();
        Statement jdbc = connection.createStatement()) {
      jdbc.execute("create table api_keys (secret_hash bytea)");
      jdbc.execute("create table merchants as select 1 as id");
    }

    Ended ended =
        ended(
            command(),
            Map.of(
                "SPRING_PROFILES_ACTIVE",
                "sandbox",
                "SPRING_DATASOURCE_URL",
                database.url(),
                "SPRING_DATASOURCE_USERNAME",
                Postgres.Database.USER,
                "SPRING_DATASOURCE_PASSWORD",
                Postgres.Database.PASSWORD));

    assertRefused(ended, "SPRING_PROFILES_ACTIVE: production; the database has merchants,");
  }

  @Test
  void endsTheSandboxesStartWithLinesThatWorkWhenPasted(@TempDir Path directory) throws Exception {
    Path log = directory.resolve("log");
    Process sandbox = start(command("--server.port=0"), Map.of(), log);
    try {
      String said =
          Awaitility.await()
              .atMost(Duration.ofMinutes(MINUTES_MAX))
              .failFast(() -> !sandbox.isAlive())
              .until(() -> Files.readString(log), text -> text.contains("  Swagger  "));

      assertThat(said.lines().filter(line -> line.contains(" INFO ")).toList())
          .hasSizeLessThanOrEqualTo(LINES_MAX);
      assertThat(said).doesNotContain(" WARN ", " ERROR ");
      assertThat(said).contains("qt_sandbox_key", "alice");
      assertThat(paste(line(said, "try"))).contains("\"status\":\"succeeded\"");
      assertThat(paste("curl -sS " + line(said, "Swagger"))).contains("Swagger UI");
    } finally {
      sandbox.destroyForcibly().onExit().join();
    }
  }

  private static String line(String said, String label) {
    return said.lines()
        .filter(line -> line.startsWith("  " + label + " "))
        .findFirst()
        .orElseThrow()
        .strip()
        .substring(label.length())
        .strip();
  }

  private static String paste(String line) throws Exception {
    Process shell = new ProcessBuilder("sh", "-c", line).redirectErrorStream(true).start();
    return new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** One readable message of a few lines, and an exit code that says so. */
  private static void assertRefused(Ended ended, String reason) {
    assertThat(ended.exitCode()).isEqualTo(1);
    assertThat(ended.output())
        .contains("Quittance will not start, because ", "  - " + reason)
        .doesNotContain(" WARN ", " ERROR ", "\tat ", "Exception");
    assertThat(ended.output().lines().count()).isLessThanOrEqualTo(LINES_MAX);
  }

  private static String withPorts(String text) {
    return text.replace("{port}", Integer.toString(postgres.getPort()))
        .replace("{unused}", Integer.toString(unusedPort));
  }

  private static Ended production(String url, String password) throws Exception {
    return ended(
        command("--server.port=0", "--management.server.port=0"),
        Map.of(
            "SPRING_PROFILES_ACTIVE",
            "production",
            "SPRING_DATASOURCE_URL",
            url,
            "SPRING_DATASOURCE_USERNAME",
            "clerk",
            "SPRING_DATASOURCE_PASSWORD",
            password,
            "QUITTANCE_OPERATOR_KEY",
            ServiceProcess.OPERATOR_KEY));
  }

  private static List<String> command(String... arguments) {
    var command =
        new ArrayList<>(List.of(JAVA, "--enable-preview", "-XX:TieredStopAtLevel=1", "-Xmx512m"));
    command.addAll(TrainedService.arguments());
    command.addAll(List.of(arguments));
    return command;
  }

  private static Process start(List<String> command, Map<String, String> environment, Path log)
      throws IOException {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(log.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("SPRING_"));
    builder.environment().putAll(environment);
    return builder.start();
  }

  private static Ended ended(List<String> command, Map<String, String> environment)
      throws Exception {
    Path log = Files.createTempFile("start", ".log");
    Process process = start(command, environment, log);
    try {
      assertThat(process.waitFor(MINUTES_MAX, TimeUnit.MINUTES)).isTrue();
      return new Ended(process.exitValue(), Files.readString(log));
    } finally {
      process.destroyForcibly();
      Files.delete(log);
    }
  }
}
