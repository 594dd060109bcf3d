package io.quittance;

import io.quittance.ProductionRequirements.UnmetException;
import io.quittance.database.Distribution;
import io.quittance.database.HostSockets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;

/**
 * Checks before anything else is started: the profile, the settings, and that the database answers.
 * Without a profile the service refuses to start on a configured database, so that nobody exposes a
 * real one with the sandbox's public key by mistake.
 */
class StartChecks implements ApplicationContextInitializer<ConfigurableApplicationContext> {

  private static final String SANDBOX = "sandbox";
  private static final String PRODUCTION = "production";
  private static final Set<String> PROFILES = Set.of(PRODUCTION, SANDBOX);

  private static final String SOCKET_SECONDS_MAX = "10";

  /** PostgreSQL's undefined_table, H2's table not found: the database has not been used yet. */
  private static final Set<String> NO_TABLE = Set.of("42P01", "42S02", "42S04");

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    check(context.getEnvironment());
    context.addBeanFactoryPostProcessor(factory -> settings(factory, context.getEnvironment()));
  }

  /** Validates the settings before servers and pools start that would have to be stopped again. */
  private static void settings(
      ConfigurableListableBeanFactory factory, ConfigurableEnvironment environment) {
    var records = new ArrayList<Class<?>>();
    for (String bean : factory.getBeanNamesForAnnotation(ConfigurationProperties.class)) {
      Class<?> type = factory.getType(bean);
      if (type != null && type.getName().startsWith("io.quittance.")) {
        records.add(type);
      }
    }
    new SettingNames(records).check(environment);
    SettingBounds.check(records, Binder.get(environment));
  }

  static void check(Environment environment) {
    profiles(environment);
    List<String> active = List.of(environment.getActiveProfiles());
    String url = environment.getProperty("spring.datasource.url", "");
    if (active.isEmpty() && !url.startsWith("jdbc:h2:")) {
      var unmet = new ArrayList<>(ProductionRequirements.unmet(environment));
      unmet.addFirst(
          "SPRING_PROFILES_ACTIVE: production, or sandbox to try the service with this database");
      throw new StartRefusedException(
          "SPRING_DATASOURCE_URL is set, but no profile",
          unmet,
          "Set these environment variables (docs/configuration.md).");
    }
    if (active.contains(PRODUCTION)) {
      List<String> unmet = ProductionRequirements.unmet(environment);
      if (!unmet.isEmpty()) {
        throw new UnmetException(unmet);
      }
    }
    if (!url.startsWith("jdbc:h2:mem:")
        || DatabaseDistribution.wanted(environment) != Distribution.NONE) {
      database(environment, url, active.contains(SANDBOX));
    }
  }

  private static void profiles(Environment environment) {
    String[] active = environment.getActiveProfiles();
    List<String> unknown =
        Arrays.stream(active.length == 0 ? environment.getDefaultProfiles() : active)
            .filter(profile -> !PROFILES.contains(profile))
            .map("SPRING_PROFILES_ACTIVE: production or sandbox, not \"%s\""::formatted)
            .toList();
    if (!unknown.isEmpty()) {
      throw new StartRefusedException(
          "there is no such profile", unknown, "Leave it unset for the sandbox on H2 in memory.");
    }
  }

  private static void database(Environment environment, String url, boolean sandbox) {
    var settings = new Properties();
    settings.setProperty("user", environment.getProperty("spring.datasource.username", ""));
    settings.setProperty("password", environment.getProperty("spring.datasource.password", ""));
    if (url.startsWith("jdbc:postgresql:")) {
      settings.putAll(HostSockets.SETTINGS);
      settings.setProperty("socketTimeout", SOCKET_SECONDS_MAX);
    }
    try (Connection connection = DriverManager.getConnection(url, settings)) {
      DatabaseEncoding.check(connection);
      DatabaseDistribution.check(environment, connection);
      if (sandbox && hasOtherMerchants(connection)) {
        throw new StartRefusedException(
            "this database is not a sandbox's",
            List.of(
                "SPRING_PROFILES_ACTIVE: production; the database has merchants, and the sandbox"
                    + " would add one whose API key everybody knows"),
            "Take another database for the sandbox.");
      }
    } catch (SQLException e) {
      throw new StartRefusedException(
          "its database cannot be used",
          List.of(DatabaseFailure.of(environment).reason(e)),
          DatabaseFailure.REMEDY);
    }
  }

  /** Whether there are merchants, and no sandbox ever made one of them. */
  private static boolean hasOtherMerchants(Connection connection) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "select exists (select 1 from merchants)"
                + " and not exists (select 1 from api_keys where secret_hash = ?)")) {
      query.setBytes(1, ProductionRequirements.SANDBOX_KEY_HASH);
      try (ResultSet row = query.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    } catch (SQLException e) {
      if (NO_TABLE.contains(String.valueOf(e.getSQLState()))) {
        return false;
      }
      throw e;
    }
  }
}
