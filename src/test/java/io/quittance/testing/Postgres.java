package io.quittance.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.boot.SpringApplication;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** One real PostgreSQL for all tests of a JVM, durable as in production, with a database each. */
public final class Postgres {

  private static final AtomicInteger DATABASES = new AtomicInteger();

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
      // After all application contexts: without their database they would take half a minute.
      SpringApplication.getShutdownHandlers().add(() -> close(server));
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void close(EmbeddedPostgres server) {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
