package io.quittance;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * A PostgreSQL database whose encoding is not UTF-8 is refused: a request with a character outside
 * of it would fail a whole journal transaction.
 */
final class DatabaseEncoding {

  private static final String NEEDED = "UTF8";

  private DatabaseEncoding() {}

  /** Does nothing on H2, which stores Unicode. */
  static void check(Connection connection) throws SQLException {
    if (!connection.getMetaData().getDatabaseProductName().equals("PostgreSQL")) {
      return;
    }
    String encoding = encoding(connection);
    if (!encoding.equals(NEEDED)) {
      throw new StartRefusedException(
          "the database's encoding cannot store every text",
          List.of(
              "SPRING_DATASOURCE_URL: the encoding of the database \"%s\" is %s, not %s"
                  .formatted(connection.getCatalog(), encoding, NEEDED)),
          "Create another one: create database NAME encoding '%s' template template0"
              .formatted(NEEDED));
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
