package io.quittance;

import io.quittance.database.Distribution;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * A database that is not distributed as {@code quittance.database.distribution} says is refused:
 * the service would send statements that Citus refuses, or write rows to the wrong server.
 */
final class DatabaseDistribution {

  private static final String PROPERTY = "quittance.database.distribution";

  private static final String REMEDY =
      "docs/citus.md says how to make a database for it. Tables that exist are not distributed"
          + " afterwards.";

  private DatabaseDistribution() {}

  static Distribution wanted(Environment environment) {
    return Binder.get(environment).bind(PROPERTY, Distribution.class).orElse(Distribution.NONE);
  }

  static void check(Environment environment, Connection connection) throws SQLException {
    boolean postgres = connection.getMetaData().getDatabaseProductName().equals("PostgreSQL");
    if (wanted(environment) == Distribution.CITUS) {
      if (!postgres) {
        refuse("citus needs PostgreSQL with the extension Citus, and this database is another");
      } else if (!found(connection, "select 1 from pg_extension where extname = 'citus'")) {
        refuse(
            "citus needs the extension Citus, which the database \"%s\" does not have"
                .formatted(connection.getCatalog()));
      } else if (!distributed(connection) && hasMerchants(connection)) {
        refuse(
            "citus needs a database that is new, and \"%s\" has merchants whose tables are not"
                    .formatted(connection.getCatalog())
                + " distributed");
      }
    } else if (postgres && distributed(connection)) {
      refuse(
          "none needs one server, and the tables of \"%s\" are distributed: set it to citus"
              .formatted(connection.getCatalog()));
    }
  }

  private static boolean distributed(Connection connection) throws SQLException {
    return found(connection, "select 1 from pg_class where relname = 'pg_dist_partition'")
        && found(
            connection,
            "select 1 from pg_dist_partition where logicalrelid = to_regclass('accounts')");
  }

  private static boolean hasMerchants(Connection connection) throws SQLException {
    return found(connection, "select 1 where to_regclass('merchants') is not null")
        && found(connection, "select 1 from merchants limit 1");
  }

  private static boolean found(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next();
    }
  }

  private static void refuse(String reason) {
    throw new StartRefusedException(
        "its database is not distributed as the settings say",
        List.of(PROPERTY + ": " + reason),
        REMEDY);
  }
}
