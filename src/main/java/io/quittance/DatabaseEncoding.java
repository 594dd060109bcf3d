package io.quittance;

import io.quittance.ProductionRequirements.UnmetException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.flyway.FlywayMigrationStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessResourceFailureException;

/**
 * A PostgreSQL database whose encoding is not UTF-8 is refused before anything is written to it: it
 * would break the batch of whoever sends a letter that it does not know.
 */
@Configuration(proxyBeanMethods = false)
class DatabaseEncoding {

  private static final String NEEDED = "UTF8";

  @Bean
  static FlywayMigrationStrategy migrationIntoUnicodeOnly() {
    return flyway -> {
      check(flyway.getConfiguration().getDataSource());
      flyway.migrate();
    };
  }

  private static void check(DataSource database) {
    try (Connection connection = database.getConnection()) {
      if (!connection.getMetaData().getDatabaseProductName().equals("PostgreSQL")) {
        return;
      }
      String encoding = encoding(connection);
      if (!encoding.equals(NEEDED)) {
        throw new UnmetException(
            List.of(
                "SPRING_DATASOURCE_URL: the encoding of the database %s is %s; take one of %s, create database NAME encoding '%s' template template0"
                    .formatted(connection.getCatalog(), encoding, NEEDED, NEEDED)));
      }
    } catch (SQLException e) {
      throw new DataAccessResourceFailureException("the database's encoding is not known", e);
    }
  }

  private static String encoding(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("show server_encoding")) {
      row.next();
      return row.getString(1);
    }
  }
}
