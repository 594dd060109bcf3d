package io.quittance.web.json;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import io.quittance.web.InvalidInputException;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Future;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Past;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.lang.annotation.Annotation;
import java.lang.reflect.Field;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The rule for a field's value, in words, from its type and its constraints. The validator's own
 * messages would depend on the request's {@code Accept-Language}.
 */
record FieldRule(Class<?> type, List<Annotation> annotations) {

  /** Reads the JSON names of constants. */
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String DEFAULT_MESSAGE = "{";

  /** The rule of a record's component. */
  static FieldRule of(Field field) {
    return new FieldRule(field.getType(), Arrays.asList(field.getAnnotations()));
  }

  /** The rule of the record's component with this JSON name; empty if there is none. */
  static Optional<FieldRule> find(Class<?> record, String name) {
    return Arrays.stream(record.getDeclaredFields())
        .filter(field -> jsonName(field).equals(name))
        .findFirst()
        .map(FieldRule::of);
  }

  private static String jsonName(Field field) {
    JsonProperty renamed = field.getAnnotation(JsonProperty.class);
    return renamed == null
        ? SnakeCaseStrategy.INSTANCE.translate(field.getName())
        : renamed.value();
  }

  /** Follows the field's name: "must be a whole number from 1 to 100". */
  String words() {
    if (type.isEnum()) {
      return InvalidInputException.oneOf(names(type));
    }
    if (type == Object.class) {
      return "must not be null";
    }
    return range().or(this::size).or(this::form).orElseGet(() -> "must be " + expected(type));
  }

  private Optional<String> range() {
    if (has(Min.class) && has(Max.class)) {
      return Optional.of(
          InvalidInputException.wholeNumber(get(Min.class).value(), get(Max.class).value()));
    }
    if (has(Min.class)) {
      return Optional.of("must be a whole number of at least " + get(Min.class).value());
    }
    if (has(DecimalMin.class) && has(DecimalMax.class)) {
      return Optional.of(
          "must be a number from %s to %s"
              .formatted(get(DecimalMin.class).value(), get(DecimalMax.class).value()));
    }
    if (has(Past.class)) {
      return Optional.of("must be a time in the past");
    }
    return has(Future.class) ? Optional.of("must be a time in the future") : Optional.empty();
  }

  private Optional<String> size() {
    if (has(Size.class)) {
      Size size = get(Size.class);
      String most = size.max() == Integer.MAX_VALUE ? "any number of" : "up to " + size.max();
      int least = has(NotBlank.class) || has(NotEmpty.class) ? Math.max(1, size.min()) : size.min();
      return Optional.of(
          "must %s %s %s"
              .formatted(
                  text() ? "be a text of" : "be a list of",
                  least == 0 ? most : least + " to " + size.max(),
                  text() ? "characters" : "entries"));
    }
    if (has(NotEmpty.class) || has(NotBlank.class)) {
      return Optional.of(text() ? "must not be blank" : "must be a list of at least one entry");
    }
    return Optional.empty();
  }

  private Optional<String> form() {
    if (has(Pattern.class)) {
      Pattern pattern = get(Pattern.class);
      return Optional.of(
          pattern.message().startsWith(DEFAULT_MESSAGE)
              ? "must have the form " + pattern.regexp()
              : pattern.message());
    }
    return annotations.stream().map(FieldRule::ownMessage).flatMap(Optional::stream).findFirst();
  }

  /** The message of a check of our own. */
  private static Optional<String> ownMessage(Annotation annotation) {
    try {
      Object message = annotation.annotationType().getMethod("message").getDefaultValue();
      return message instanceof String text && !text.startsWith(DEFAULT_MESSAGE)
          ? Optional.of(text)
          : Optional.empty();
    } catch (NoSuchMethodException e) {
      return Optional.empty();
    }
  }

  private boolean text() {
    return type == String.class;
  }

  private boolean has(Class<? extends Annotation> annotation) {
    return annotations.stream().anyMatch(annotation::isInstance);
  }

  private <A extends Annotation> A get(Class<A> annotation) {
    return annotations.stream()
        .filter(annotation::isInstance)
        .map(annotation::cast)
        .findFirst()
        .orElseThrow();
  }

  /** What a type is in JSON. */
  static String expected(Class<?> type) {
    if (type == String.class) {
      return "a text";
    }
    if (type == Boolean.class || type == boolean.class) {
      return "true or false";
    }
    if (type == Double.class || type == double.class) {
      return "a number";
    }
    if (Number.class.isAssignableFrom(type) || type.isPrimitive()) {
      return "a whole number";
    }
    if (type == Instant.class) {
      return "an RFC 3339 time, such as 2026-01-31T12:00:00Z";
    }
    if (Map.class.isAssignableFrom(type)) {
      return "an object with texts";
    }
    return Collection.class.isAssignableFrom(type) ? "a list" : "an object";
  }

  /** The names of an enum's constants in JSON. */
  static List<String> names(Class<?> type) {
    return Arrays.stream(Objects.requireNonNull(type.getEnumConstants()))
        .map(constant -> JSON.convertValue(constant, String.class))
        .toList();
  }
}
