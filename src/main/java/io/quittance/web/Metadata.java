package io.quittance.web;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The map holds at most 50 pairs, keys of 1 to 40 characters, values of at most 500, in code
 * points.
 */
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.TYPE_USE})
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = Metadata.Validator.class)
public @interface Metadata {

  String message() default
      "must have at most 50 pairs, keys of 1 to 40 characters, values of at most 500";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** The check itself. */
  class Validator implements ConstraintValidator<Metadata, Map<String, String>> {

    @Override
    public boolean isValid(
        @Nullable Map<String, String> pairs, ConstraintValidatorContext context) {
      return pairs == null
          || (pairs.size() <= 50
              && pairs.entrySet().stream().allMatch(e -> fits(e.getKey(), e.getValue())));
    }

    private static boolean fits(String key, @Nullable String value) {
      return !key.isEmpty()
          && CodePoints.in(key) <= 40
          && value != null
          && CodePoints.in(value) <= 500
          && (key + value).indexOf('\0') < 0;
    }
  }
}
