package io.quittance.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.test.context.DynamicPropertyRegistry;

/** One real PostgreSQL for all tests of a JVM, durable as in production, with a database each. */
public final class Postgres {

  private static final AtomicInteger DATABASES = new AtomicInteger();

  private static final Duration HOOKS_BEGIN_WITHIN = Duration.ofMillis(500);

  private static final EmbeddedPostgres SERVER = start();

  private Postgres() {}

  private static EmbeddedPostgres start() {
    try {
      EmbeddedPostgres server =
          EmbeddedPostgres.builder()
              .setServerConfig("synchronous_commit", "on")
              .setServerConfig("fsync", "on")
              .setRegisterShutdownHook(false)
              .start();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> closeAfterContexts(server)));
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Without their database, application contexts would take half a minute to close. */
  private static void closeAfterContexts(EmbeddedPostgres server) {
    try {
      Thread.sleep(HOOKS_BEGIN_WITHIN);
      for (Thread thread : Thread.getAllStackTraces().keySet()) {
        if (thread.getName().equals("SpringApplicationShutdownHook")) {
          thread.join();
        }
      }
      server.close();
    } catch (InterruptedException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A new, empty database. */
  public static Database create() {
    return create("");
  }

  /** As {@link #create()}, with options of {@code create database}. */
  public static Database create(String options) {
    String name = "test_" + DATABASES.incrementAndGet();
    try (Connection connection = SERVER.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + name + " " + options);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return new Database(SERVER.getJdbcUrl(Database.USER, name));
  }

  /** A database, by its JDBC URL. */
  public record Database(String url) {

    public static final String USER = "postgres";
    public static final String PASSWORD = "a password for tests only";

    public DataSource dataSource() {
      return new DriverManagerDataSource(url, USER, PASSWORD);
    }

    /** Lets a service that a test starts use this database. */
    public void provideTo(DynamicPropertyRegistry registry) {
      registry.add("spring.datasource.url", this::url);
      registry.add("spring.datasource.username", () -> USER);
      registry.add("spring.datasource.password", () -> PASSWORD);
    }

    /**
     * A connection whose transaction holds what a statement has locked, until it ends.
     *
     * @param sql a select for update, or {@code lock table}
     */
    public Connection locking(String sql, Object... parameters) throws SQLException {
      Connection connection = dataSource().getConnection();
      connection.setAutoCommit(false);
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        for (int i = 0; i < parameters.length; i++) {
          statement.setObject(i + 1, parameters[i]);
        }
        statement.execute();
      }
      return connection;
    }

    /** With the schema as it is now. */
    public Database migrated() {
      migrate("latest");
      return this;
    }

    /** Brings the schema to a version, with the service's settings. */
    public void migrate(String version) {
      Flyway.configure()
          .configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
          .dataSource(dataSource())
          .locations("classpath:db/migration/common", "classpath:db/migration/postgresql")
          .target(version)
          .load()
          .migrate();
    }
  }
}
