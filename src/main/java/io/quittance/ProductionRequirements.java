package io.quittance;

import io.quittance.webhook.WebhookProperties;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Refuses to start in production with an incomplete or weak configuration. */
@Configuration(proxyBeanMethods = false)
@Profile("production")
class ProductionRequirements {

  private static final Logger log = LoggerFactory.getLogger(ProductionRequirements.class);

  private static final int OPERATOR_KEY_LENGTH_MIN = 32;

  /** 32 random hexadecimal digits have about fourteen different ones. */
  private static final int OPERATOR_KEY_VARIETY_MIN = 5;

  private static final int SECRET_KEY_BYTES = 32;

  private static final String ALLOW_LOOPBACK = "quittance.notification.allow-loopback";

  private static final String EVENT_RETENTION = "quittance.notification.event-retention";

  private static final List<String> PLACEHOLDERS =
      List.of("changeme", "replaceme", "yourkey", "qtsandboxkey");

  private static final Set<String> DEFAULT_PASSWORDS =
      Set.of("postgres", "password", "quittance", "changeme", "replaceme", "sa");

  private static final Pattern LOOPBACK =
      Pattern.compile("http://(localhost|127\\.0\\.0\\.1|\\[::1])(:\\d+)?(/|$)");

  /** SHA-256 of the public key in the README. */
  static final byte[] SANDBOX_KEY_HASH =
      HexFormat.of().parseHex("55526f2298a8543b8e3579094d69910445effe4ada4f7fcaa2ea2effb0921291");

  /** All settings that are missing or weak. */
  static final class UnmetException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<String> unmet;

    UnmetException(List<String> unmet) {
      super("production configuration is incomplete or weak: " + unmet);
      this.unmet = unmet;
    }

    List<String> unmet() {
      return unmet;
    }
  }

  /** Runs before the first request, because a database of a sandbox accepts the public key. */
  @Bean
  static SmartInitializingSingleton sandboxKeyCheck(JdbcClient jdbc) {
    return () -> {
      List<UUID> keys =
          jdbc.sql(
                  "select id from api_keys where secret_hash = ? and revoked_at is null"
                      + " and (expires_at is null or expires_at > current_timestamp)")
              .param(SANDBOX_KEY_HASH)
              .query(UUID.class)
              .list();
      if (!keys.isEmpty()) {
        throw new UnmetException(
            List.of(
                "SPRING_DATASOURCE_URL: a sandbox has used this database, and its public API key"
                    + " is valid there; take another database, or revoke the key: update api_keys"
                    + " set revoked_at = now() where id = '%s'".formatted(keys.getFirst())));
      }
    };
  }

  static List<String> unmet(Environment environment) {
    var unmet = new ArrayList<String>();
    if (List.of(environment.getActiveProfiles()).contains("sandbox")) {
      unmet.add(
          "SPRING_PROFILES_ACTIVE: production alone, because everybody knows the sandbox's API key");
    }
    database(environment, unmet);
    operatorKey(environment.getProperty("quittance.operator-key", "").strip(), unmet);
    secretKey(environment.getProperty("quittance.notification.secret-key", "").strip(), unmet);
    tokens(environment, unmet);
    if (Binder.get(environment).bind(ALLOW_LOOPBACK, Boolean.class).orElse(false)) {
      log.warn(
          "quittance.notification.allow-loopback is on: every merchant can make this service send"
              + " requests to this machine and its network, unencrypted. It is for tests only.");
    }
    Binder.get(environment)
        .bind(EVENT_RETENTION, Duration.class)
        .ifBound(ProductionRequirements::warnOfLostEvents);
    return unmet;
  }

  private static void warnOfLostEvents(Duration retention) {
    if (retention.compareTo(WebhookProperties.EVENT_RETENTION_ADVISED) < 0) {
      log.warn(
          "{} is {}, so events are deleted while their deliveries are still retried.",
          EVENT_RETENTION,
          DurationStyle.SIMPLE.print(retention));
    }
  }

  private static void database(Environment environment, List<String> unmet) {
    if (!environment.getProperty("spring.datasource.url", "").startsWith("jdbc:postgresql:")) {
      unmet.add("SPRING_DATASOURCE_URL: a PostgreSQL URL, jdbc:postgresql://HOST:5432/DATABASE");
    }
    if (environment.getProperty("spring.datasource.username", "").isBlank()) {
      unmet.add("SPRING_DATASOURCE_USERNAME: the database user");
    }
    String password = environment.getProperty("spring.datasource.password", "");
    if (password.isBlank()) {
      unmet.add("SPRING_DATASOURCE_PASSWORD: the database user's password");
    } else if (DEFAULT_PASSWORDS.contains(letters(password))) {
      // Only a warning: test and embedded databases ask for no password.
      log.warn("SPRING_DATASOURCE_PASSWORD is a well-known default: anybody can guess it.");
    }
  }

  private static void operatorKey(String key, List<String> unmet) {
    if (key.length() < OPERATOR_KEY_LENGTH_MIN) {
      unmet.add(
          "QUITTANCE_OPERATOR_KEY: at least %d characters (it has %d)"
              .formatted(OPERATOR_KEY_LENGTH_MIN, key.length()));
    } else if (key.chars().distinct().count() < OPERATOR_KEY_VARIETY_MIN
        || PLACEHOLDERS.stream().anyMatch(letters(key)::contains)) {
      unmet.add("QUITTANCE_OPERATOR_KEY: a random one, openssl rand -hex 32 (it is a placeholder)");
    }
  }

  private static void secretKey(String key, List<String> unmet) {
    if (!key.isEmpty() && !sealsWell(key)) {
      unmet.add(
          "QUITTANCE_NOTIFICATION_SECRET_KEY: base64 of 32 random bytes, openssl rand -base64 32");
    }
  }

  private static void tokens(Environment environment, List<String> unmet) {
    String issuer = environment.getProperty("quittance.access.jwt.issuer", "").strip();
    if (issuer.isEmpty()) {
      return;
    }
    if (environment.getProperty("quittance.access.jwt.audience", "").isBlank()) {
      unmet.add("QUITTANCE_ACCESS_JWT_AUDIENCE: the audience (aud) of tokens for this service");
    }
    String keys = environment.getProperty("quittance.access.jwt.jwk-set-uri", "").strip();
    String fetched = keys.isEmpty() ? issuer : keys;
    if (!fetched.startsWith("https://") && !LOOPBACK.matcher(fetched).lookingAt()) {
      unmet.add(
          (keys.isEmpty() ? "QUITTANCE_ACCESS_JWT_ISSUER" : "QUITTANCE_ACCESS_JWT_JWKSETURI")
              + ": an https URL, because keys that are fetched over http can be replaced on the way");
    }
  }

  private static boolean sealsWell(String base64) {
    try {
      byte[] key = Base64.getDecoder().decode(base64);
      boolean varied = false;
      for (byte b : key) {
        varied |= b != key[0];
      }
      return key.length == SECRET_KEY_BYTES && varied;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Ignores case and punctuation: {@code Change-Me} is {@code changeme}. */
  private static String letters(String text) {
    return text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
  }
}
