package io.quittance;

import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;

/** Production starts with a complete configuration or not at all. */
@Configuration(proxyBeanMethods = false)
@Profile("production")
class ProductionRequirements {

  private static final int OPERATOR_KEY_LENGTH_MIN = 32;

  /** What is missing, all at once. */
  static final class UnmetException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<String> missing;

    UnmetException(List<String> missing) {
      super("production configuration is incomplete: " + missing);
      this.missing = missing;
    }

    List<String> missing() {
      return missing;
    }
  }

  /** Runs before any bean that would try to connect. */
  @Bean
  static BeanFactoryPostProcessor productionRequirementsCheck(Environment environment) {
    return factory -> {
      List<String> missing = missing(environment);
      if (!missing.isEmpty()) {
        throw new UnmetException(missing);
      }
    };
  }

  private static List<String> missing(Environment environment) {
    var missing = new ArrayList<String>();
    if (!environment.getProperty("spring.datasource.url", "").startsWith("jdbc:postgresql:")) {
      missing.add("SPRING_DATASOURCE_URL: a PostgreSQL URL, jdbc:postgresql://HOST:5432/DATABASE");
    }
    if (environment.getProperty("spring.datasource.username", "").isBlank()) {
      missing.add("SPRING_DATASOURCE_USERNAME: the database user");
    }
    if (environment.getProperty("spring.datasource.password", "").isBlank()) {
      missing.add("SPRING_DATASOURCE_PASSWORD: the database user's password");
    }
    int length = environment.getProperty("quittance.operator-key", "").strip().length();
    if (length < OPERATOR_KEY_LENGTH_MIN) {
      missing.add(
          "QUITTANCE_OPERATOR_KEY: at least %d characters (it has %d)"
              .formatted(OPERATOR_KEY_LENGTH_MIN, length));
    }
    return missing;
  }
}
