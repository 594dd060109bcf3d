package io.quittance;

import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

/**
 * Explains a failed connection in terms of the settings. Shows neither the password nor any part of
 * a URL except the server's and the database's name.
 */
final class DatabaseFailure {

  static final String REMEDY =
      "Check these environment variables, and that the database is running.";

  private static final Pattern URL =
      Pattern.compile("jdbc:postgresql:(?://(?<server>[^/?]*)/?)?(?<name>[^?]*).*");

  private static final String INVALID_CATALOG_NAME = "3D000";
  private static final String INVALID_PASSWORD = "28P01";
  private static final String INVALID_AUTHORIZATION = "28000";
  private static final String INSUFFICIENT_PRIVILEGE = "42501";

  private final String server;
  private final String name;
  private final String user;

  private DatabaseFailure(String server, String name, String user) {
    this.server = server;
    this.name = name;
    this.user = user;
  }

  /** From the configuration. */
  static DatabaseFailure of(Environment environment) {
    String url = environment.getProperty("spring.datasource.url", "");
    String user = environment.getProperty("spring.datasource.username", "");
    Matcher parts = URL.matcher(url);
    if (!parts.matches()) {
      return new DatabaseFailure(url.replaceFirst("[;?].*", ""), "", user);
    }
    String server = parts.group("server");
    return new DatabaseFailure(
        server == null || server.isEmpty() ? "localhost" : server, parts.group("name"), user);
  }

  /** The reason, starting with the settings to check. */
  String reason(SQLException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      String reason = unreachable(cause);
      if (reason != null) {
        return "SPRING_DATASOURCE_URL: " + reason;
      }
    }
    return switch (String.valueOf(e.getSQLState())) {
      case INVALID_CATALOG_NAME ->
          "SPRING_DATASOURCE_URL: %s has no database \"%s\"; create database %s encoding 'UTF8'"
              .formatted(server, name, name);
      case INVALID_PASSWORD, INVALID_AUTHORIZATION ->
          "SPRING_DATASOURCE_USERNAME, SPRING_DATASOURCE_PASSWORD: %s refuses the user \"%s\" with this password"
              .formatted(server, user);
      case INSUFFICIENT_PRIVILEGE ->
          "SPRING_DATASOURCE_USERNAME: the user \"%s\" lacks a permission (%s)"
              .formatted(user, firstLine(e));
      default -> "SPRING_DATASOURCE_URL: %s says: %s".formatted(server, firstLine(e));
    };
  }

  private @Nullable String unreachable(Throwable cause) {
    return switch (cause) {
      case UnknownHostException _ -> "there is no host with this name: " + server;
      case ConnectException refused ->
          "nothing answers at %s (%s)".formatted(server, refused.getMessage());
      case SocketTimeoutException _ -> "%s does not answer".formatted(server);
      default -> null;
    };
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
