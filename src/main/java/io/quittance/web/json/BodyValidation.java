package io.quittance.web.json;

import jakarta.validation.Path;
import jakarta.validation.TraversableResolver;
import java.lang.annotation.ElementType;
import org.hibernate.validator.HibernateValidatorConfiguration;
import org.springframework.boot.autoconfigure.validation.ValidationConfigurationCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Validates every field of a body. By default each one is first looked up in a map of what JPA has
 * loaded, which is a third of what validation costs, and no body is an entity.
 */
@Configuration(proxyBeanMethods = false)
class BodyValidation {

  @Bean
  ValidationConfigurationCustomizer everyFieldIsThere() {
    return configuration ->
        ((HibernateValidatorConfiguration) configuration)
            .enableTraversableResolverResultCache(false)
            .traversableResolver(new Everything());
  }

  private static final class Everything implements TraversableResolver {

    @Override
    public boolean isReachable(
        Object bean, Path.Node property, Class<?> root, Path path, ElementType type) {
      return true;
    }

    @Override
    public boolean isCascadable(
        Object bean, Path.Node property, Class<?> root, Path path, ElementType type) {
      return true;
    }
  }
}
