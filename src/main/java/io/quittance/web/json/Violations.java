package io.quittance.web.json;

import io.quittance.web.InputError;
import io.quittance.web.InputError.Code;
import io.quittance.web.InvalidInputException;
import io.quittance.web.Printable;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Path;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Future;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Past;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.lang.annotation.Annotation;
import java.util.Collection;
import java.util.List;
import java.util.stream.StreamSupport;
import org.hibernate.validator.engine.HibernateConstraintViolation;
import org.jspecify.annotations.Nullable;

/** Converts constraint violations to {@link InputError}s. */
public final class Violations {

  /** The error that a custom check found inside a value: its dynamic payload. */
  record Flaw(String key, Code code, String rule) {}

  private Violations() {}

  public static InputError toError(ConstraintViolation<?> violation) {
    return toError("", violation);
  }

  /**
   * @param base what the path begins with, for a part of a body
   */
  public static InputError toError(String base, ConstraintViolation<?> violation) {
    String param = base + FieldPath.of(violation.getPropertyPath());
    HibernateConstraintViolation<?> hibernate =
        violation.unwrap(HibernateConstraintViolation.class);
    Flaw flaw = hibernate.getDynamicPayload(Flaw.class);
    if (flaw != null) {
      String at = flaw.key().isEmpty() ? param : FieldPath.in(param, flaw.key());
      return InputError.of(at, flaw.code(), flaw.rule());
    }
    Annotation broken = violation.getConstraintDescriptor().getAnnotation();
    String rule = rule(violation, broken).words();
    if (missing(broken, violation.getInvalidValue())) {
      return InputError.required(param, rule);
    }
    return InputError.of(
        param,
        code(broken, violation.getInvalidValue()),
        rule + given(violation.getInvalidValue(), broken));
  }

  /** Whether a required value is missing. */
  private static boolean missing(Annotation broken, @Nullable Object given) {
    return broken instanceof NotNull
        || given == null
        || (broken instanceof NotBlank && given instanceof String);
  }

  /** All constraints of the field; for an element of a list, the one that it breaks. */
  private static FieldRule rule(ConstraintViolation<?> violation, Annotation broken) {
    Path.Node last =
        StreamSupport.stream(violation.getPropertyPath().spliterator(), false)
            .reduce((one, next) -> next)
            .orElseThrow();
    Object owner = violation.getLeafBean();
    if (owner != null && last.getName() != null) {
      for (var field : owner.getClass().getDeclaredFields()) {
        if (field.getName().equals(last.getName())) {
          FieldRule whole = FieldRule.of(field);
          // Of a rule with several parts, only the broken one is reported.
          return broken instanceof Pattern || broken instanceof Printable
              ? new FieldRule(field.getType(), List.of(broken))
              : whole;
        }
      }
    }
    Object given = violation.getInvalidValue();
    return new FieldRule(given == null ? Object.class : given.getClass(), List.of(broken));
  }

  private static Code code(Annotation broken, @Nullable Object given) {
    return switch (broken) {
      case Min _, Max _, DecimalMin _, DecimalMax _, Past _, Future _, NotEmpty _ ->
          Code.OUT_OF_RANGE;
      case Size size ->
          given instanceof String text && CodePoints.in(text) > size.max()
              ? Code.TOO_LONG
              : Code.OUT_OF_RANGE;
      case Pattern _ -> Code.INVALID_FORMAT;
      // A custom check has its own list of values.
      default ->
          broken.annotationType().isAnnotationPresent(Pattern.class)
              ? Code.INVALID_FORMAT
              : Code.NOT_ONE_OF;
    };
  }

  /** What the value has instead. */
  private static String given(@Nullable Object value, Annotation broken) {
    return switch (value) {
      case Number number -> ", not " + number;
      case String text when broken instanceof Size -> "; it has " + CodePoints.in(text);
      case String _ when code(broken, value) == Code.NOT_ONE_OF ->
          InvalidInputException.NOT_ONE_OF_THESE;
      case Collection<?> list -> "; it has " + list.size();
      case null, default -> "";
    };
  }
}
