package io.quittance.web.json;

import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.constraints.Size;
import org.hibernate.validator.HibernateValidatorConfiguration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.validation.ValidationConfigurationCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Lengths of texts are counted in Unicode code points, as JSON Schema and PostgreSQL count them:
 * {@code @Size} on a text by itself counts UTF-16 units, two for most emoji.
 */
@Configuration(proxyBeanMethods = false)
class CodePoints {

  static int in(String text) {
    return text.codePointCount(0, text.length());
  }

  @Bean
  ValidationConfigurationCustomizer sizesInCodePoints() {
    return configuration -> {
      var hibernate = (HibernateValidatorConfiguration) configuration;
      var mapping = hibernate.createConstraintMapping();
      mapping.constraintDefinition(Size.class).validatedBy(SizeOfText.class);
      hibernate.addMapping(mapping);
    };
  }

  /** More specific than the one for all {@code CharSequence}s, so it is the one that counts. */
  static final class SizeOfText implements ConstraintValidator<Size, String> {

    private int min;
    private int max;

    @Override
    public void initialize(Size size) {
      min = size.min();
      max = size.max();
    }

    @Override
    public boolean isValid(@Nullable String text, ConstraintValidatorContext context) {
      if (text == null) {
        return true;
      }
      int length = in(text);
      return length >= min && length <= max;
    }
  }
}
