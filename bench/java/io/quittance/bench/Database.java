package io.quittance.bench;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A real PostgreSQL that waits for the disk at every commit, as production does. */
final class Database implements AutoCloseable {

  static final String USER = "postgres";
  static final String PASSWORD = "a password for the benchmark only";

  private static final List<String> SHOWN =
      List.of(
          "server_version",
          "fsync",
          "synchronous_commit",
          "wal_sync_method",
          "full_page_writes",
          "wal_compression",
          "max_wal_size",
          "shared_buffers",
          "checkpoint_timeout");

  private final EmbeddedPostgres server;
  private final Connection admin;
  private final Path dataDirectory;

  private Database(EmbeddedPostgres server, Connection admin, Path dataDirectory) {
    this.server = server;
    this.admin = admin;
    this.dataDirectory = dataDirectory;
  }

  /** The embedded server is made for tests and starts without durability unless told otherwise. */
  static Database start() throws IOException, SQLException {
    return start(Map.of());
  }

  /** As {@link #start()}, with more settings of the server. */
  static Database start(Map<String, String> settings) throws IOException, SQLException {
    Path directory = Files.createTempDirectory("quittance-bench");
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setDataDirectory(directory.resolve("data"))
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("max_wal_size", "4GB")
            .setServerConfig("shared_buffers", "256MB")
            .setServerConfig("checkpoint_timeout", "15min");
    settings.forEach(builder::setServerConfig);
    EmbeddedPostgres server =
        builder
            .setOutputRedirector(ProcessBuilder.Redirect.DISCARD)
            .setErrorRedirector(ProcessBuilder.Redirect.DISCARD)
            .start();
    return new Database(
        server, server.getPostgresDatabase().getConnection(), directory.resolve("data"));
  }

  /** The server's first process, whose children are all the others. */
  ProcessHandle server() throws IOException {
    Path file = dataDirectory.resolve("postmaster.pid");
    long pid = Long.parseLong(Files.readAllLines(file).getFirst());
    return ProcessHandle.of(pid).orElseThrow();
  }

  int port() {
    return server.getPort();
  }

  String url(String database) {
    return "jdbc:postgresql://localhost:%d/%s".formatted(port(), database);
  }

  Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(url(database), USER, PASSWORD);
  }

  void create(String name) throws SQLException {
    execute("create database " + name);
  }

  /** A copy, row for row; nobody may be connected to the original. */
  void copy(String original, String name) throws SQLException {
    execute("create database %s template %s strategy file_copy".formatted(name, original));
  }

  void execute(String sql) throws SQLException {
    try (Statement statement = admin.createStatement()) {
      statement.execute(sql);
    }
  }

  /** So that no measurement pays for what another one has left behind. */
  void settle() throws SQLException {
    execute("checkpoint");
  }

  /** What autovacuum would do sooner or later. */
  void analyze(String database) throws SQLException {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement()) {
      statement.execute("vacuum analyze");
    }
  }

  List<String> settings() throws SQLException {
    var settings = new ArrayList<String>();
    for (String name : SHOWN) {
      settings.add(name + "=" + text(admin, "show " + name));
    }
    return settings;
  }

  static String text(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rs = statement.executeQuery(sql)) {
      rs.next();
      return rs.getString(1);
    }
  }

  static long number(Connection connection, String sql) throws SQLException {
    return Long.parseLong(text(connection, sql));
  }

  /** Transaction ids handed out so far: one per transaction that writes, and no lag. */
  long transactionIds() throws SQLException {
    return number(admin, "select pg_snapshot_xmax(pg_current_snapshot())::text");
  }

  long walBytes() throws SQLException {
    return number(admin, "select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint");
  }

  /** All transactions of a database, those that only read included; lags by up to ten seconds. */
  long commits(String database) throws SQLException {
    return number(
        admin, "select xact_commit from pg_stat_database where datname = '" + database + "'");
  }

  @Override
  public void close() throws SQLException, IOException {
    admin.close();
    server.close();
  }
}
