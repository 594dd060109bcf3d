package io.quittance.recovery;

import io.quittance.testing.Postgres;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.springframework.util.FileSystemUtils;

/**
 * A PostgreSQL of its own, durable as in production, that may be crashed and comes back with the
 * same data on the same port.
 */
final class CrashingPostgres implements AutoCloseable {

  private static final String DATABASE = "chaos";
  private static final Duration RECOVERS_WITHIN = Duration.ofSeconds(60);

  /** What becomes of the server. Neither writes a checkpoint, both need crash recovery. */
  enum Crash {
    /** The postmaster tells its children to drop everything: {@code pg_ctl stop -m immediate}. */
    IMMEDIATE_SHUTDOWN,
    /** The postmaster is gone and its children find out by themselves. */
    POSTMASTER_KILLED
  }

  private final Path directory;
  private EmbeddedPostgres server;
  private final Postgres.Database database;

  private CrashingPostgres(Path directory, EmbeddedPostgres server) {
    this.directory = directory;
    this.server = server;
    this.database = new Postgres.Database(server.getJdbcUrl(Postgres.Database.USER, DATABASE));
  }

  static CrashingPostgres start() throws IOException, SQLException {
    Path directory = Files.createTempDirectory("quittance-chaos");
    EmbeddedPostgres server = serverIn(directory).start();
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + DATABASE);
    }
    return new CrashingPostgres(directory, server);
  }

  private static EmbeddedPostgres.Builder serverIn(Path directory) {
    return EmbeddedPostgres.builder()
        .setDataDirectory(directory.resolve("data"))
        .setCleanDataDirectory(false)
        .setPGStartupWait(RECOVERS_WITHIN)
        .setServerConfig("synchronous_commit", "on")
        .setServerConfig("fsync", "on")
        .setOutputRedirector(ProcessBuilder.Redirect.DISCARD)
        .setErrorRedirector(ProcessBuilder.Redirect.DISCARD);
  }

  Postgres.Database database() {
    return database;
  }

  int port() {
    return server.getPort();
  }

  /** The database, by another way. */
  Postgres.Database databaseBy(DatabaseProxy proxy) {
    return new Postgres.Database(
        database.url().replace(":" + server.getPort() + "/", ":" + proxy.port() + "/"));
  }

  /** Returns when no process of the server is left. */
  void crash(Crash how) throws IOException, InterruptedException {
    ProcessHandle postmaster = postmaster();
    // The shared memory of a killed postmaster stays in use until its last child has gone.
    List<ProcessHandle> children = postmaster.descendants().toList();
    switch (how) {
      case IMMEDIATE_SHUTDOWN ->
          new ProcessBuilder("sh", "-c", "kill -QUIT " + postmaster.pid()).start().waitFor();
      case POSTMASTER_KILLED -> postmaster.destroyForcibly();
    }
    ended(postmaster);
    children.forEach(CrashingPostgres::ended);
  }

  private ProcessHandle postmaster() throws IOException {
    String pid = Files.readAllLines(directory.resolve("data/postmaster.pid")).getFirst();
    return ProcessHandle.of(Long.parseLong(pid.trim())).orElseThrow();
  }

  private static void ended(ProcessHandle process) {
    process.onExit().orTimeout(RECOVERS_WITHIN.toSeconds(), TimeUnit.SECONDS).join();
  }

  /** Returns when it has recovered and accepts connections. */
  void restart() throws IOException {
    int port = server.getPort();
    // It complains that there is nothing to stop, and lets go of the directory.
    server.close();
    server = serverIn(directory).setPort(port).start();
  }

  @Override
  public void close() throws IOException {
    server.close();
    FileSystemUtils.deleteRecursively(directory);
  }
}
