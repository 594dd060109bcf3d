package io.quittance.web.json;

import io.quittance.web.InputError.Code;
import io.quittance.web.json.Violations.Flaw;
import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Map;
import java.util.Optional;
import org.hibernate.validator.constraintvalidation.HibernateConstraintValidatorContext;
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
      "must be an object of at most 50 texts, with keys of 1 to 40 and values of at most 500"
          + " characters";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** The check, which reports the first pair that breaks the rule. */
  class Validator implements ConstraintValidator<Metadata, Map<String, String>> {

    private static final int PAIRS_MAX = 50;
    private static final int KEY_LENGTH_MAX = 40;
    private static final int VALUE_LENGTH_MAX = 500;

    @Override
    public boolean isValid(
        @Nullable Map<String, String> pairs, ConstraintValidatorContext context) {
      Flaw flaw = pairs == null ? null : flaw(pairs);
      if (flaw != null) {
        context.unwrap(HibernateConstraintValidatorContext.class).withDynamicPayload(flaw);
      }
      return flaw == null;
    }

    private static @Nullable Flaw flaw(Map<String, String> pairs) {
      if (pairs.size() > PAIRS_MAX) {
        return new Flaw(
            "",
            Code.OUT_OF_RANGE,
            "must have at most %d pairs, not %d".formatted(PAIRS_MAX, pairs.size()));
      }
      return pairs.entrySet().stream()
          .map(pair -> flaw(pair.getKey(), pair.getValue()))
          .flatMap(Optional::stream)
          .findFirst()
          .orElse(null);
    }

    private static Optional<Flaw> flaw(String key, @Nullable String value) {
      if (key.isEmpty()) {
        return Optional.of(new Flaw("", Code.OUT_OF_RANGE, "must not have an empty key"));
      }
      int keyLength = CodePoints.in(key);
      if (keyLength > KEY_LENGTH_MAX) {
        return Optional.of(
            new Flaw(
                key,
                Code.TOO_LONG,
                "must have a key of at most %d characters, not %d"
                    .formatted(KEY_LENGTH_MAX, keyLength)));
      }
      if (value == null) {
        return Optional.of(new Flaw(key, Code.REQUIRED, "is required and must be a text"));
      }
      int length = CodePoints.in(value);
      return length > VALUE_LENGTH_MAX
          ? Optional.of(
              new Flaw(
                  key,
                  Code.TOO_LONG,
                  "must have at most %d characters, not %d".formatted(VALUE_LENGTH_MAX, length)))
          : Optional.empty();
    }
  }
}
