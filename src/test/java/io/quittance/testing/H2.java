package io.quittance.testing;

import java.util.UUID;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Databases of H2 in memory, as the sandbox has one. */
public final class H2 {

  private H2() {}

  /** A new database with the schema as it is now. */
  public static DataSource migrated() {
    var database =
        new DriverManagerDataSource(
            "jdbc:h2:mem:%s;DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=5000".formatted(UUID.randomUUID()),
            "sa",
            "");
    Flyway.configure()
        .dataSource(database)
        .locations("classpath:db/migration/common", "classpath:db/migration/h2")
        .load()
        .migrate();
    return database;
  }
}
