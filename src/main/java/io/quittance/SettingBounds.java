package io.quittance;

import jakarta.validation.ConstraintViolation;
import jakarta.validation.MessageInterpolator;
import jakarta.validation.Path;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import jakarta.validation.ValidatorFactory;
import jakarta.validation.constraints.Min;
import java.lang.annotation.Annotation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * Refuses settings below the {@link Min} and {@link DurationMin} of their records, and durations
 * without a unit: Spring would read 400 as milliseconds where somebody meant days.
 */
final class SettingBounds {

  private static final Pattern NUMBER = Pattern.compile("[+-]?\\d+");

  private final Binder binder;
  private final Validator validator;
  private final List<String> reasons = new ArrayList<>();

  private SettingBounds(Binder binder, Validator validator) {
    this.binder = binder;
    this.validator = validator;
  }

  /**
   * Binds and validates these records.
   *
   * @throws StartRefusedException settings are out of their bounds; names all of them
   * @throws org.springframework.boot.context.properties.bind.BindException a setting is of the
   *     wrong type, has no unit, or breaks a rule that its record checks by itself
   */
  static void check(Collection<Class<?>> records, Binder binder) {
    try (ValidatorFactory factory =
        Validation.byDefaultProvider()
            .configure()
            .messageInterpolator(new NoMessages())
            .buildValidatorFactory()) {
      var bounds = new SettingBounds(binder, factory.getValidator());
      records.forEach(bounds::look);
      if (!bounds.reasons.isEmpty()) {
        throw new StartRefusedException(
            SettingAnalyzer.WHAT, bounds.reasons, SettingAnalyzer.REMEDY);
      }
    }
  }

  private void look(Class<?> type) {
    String prefix = type.getAnnotation(ConfigurationProperties.class).value();
    Object bound = binder.bindOrCreate(prefix, Bindable.of(type), new Units());
    for (ConstraintViolation<Object> violation : validator.validate(bound)) {
      reasons.add(
          "%s%s: at least %s, not %s"
              .formatted(
                  prefix,
                  name(violation.getPropertyPath()),
                  least(violation.getConstraintDescriptor().getAnnotation()),
                  text(violation.getInvalidValue())));
    }
  }

  private static String name(Path path) {
    return StreamSupport.stream(path.spliterator(), false)
        .map(node -> "." + DataObjectPropertyName.toDashedForm(node.getName()))
        .reduce("", String::concat);
  }

  private static String least(Annotation bound) {
    return switch (bound) {
      case Min min -> text(min.value());
      case DurationMin min ->
          text(
              Duration.ofDays(min.days())
                  .plusHours(min.hours())
                  .plusMinutes(min.minutes())
                  .plusSeconds(min.seconds())
                  .plusMillis(min.millis())
                  .plusNanos(min.nanos()));
      default -> throw new IllegalStateException("There are no words for " + bound);
    };
  }

  private static String text(@Nullable Object value) {
    return value instanceof Duration duration ? text(duration) : String.valueOf(value);
  }

  /** The duration in the format of settings. */
  private static String text(Duration duration) {
    if (duration.getNano() != 0) {
      return duration.toMillis() + "ms";
    }
    long seconds = duration.toSeconds();
    if (seconds % 86_400 == 0 && seconds != 0) {
      return seconds / 86_400 + "d";
    }
    if (seconds % 3_600 == 0 && seconds != 0) {
      return seconds / 3_600 + "h";
    }
    return seconds % 60 == 0 && seconds != 0 ? seconds / 60 + "m" : seconds + "s";
  }

  /** The texts are made here; the validator's messages depend on the locale. */
  private static final class NoMessages implements MessageInterpolator {

    @Override
    public String interpolate(String template, Context context) {
      return template;
    }

    @Override
    public String interpolate(String template, Context context, Locale locale) {
      return template;
    }
  }

  /** Requires a unit for durations, except for zero. */
  private static final class Units implements BindHandler {

    @Override
    public Object onSuccess(
        ConfigurationPropertyName name, Bindable<?> target, BindContext context, Object result) {
      ConfigurationProperty property = context.getConfigurationProperty();
      if (result instanceof Duration duration
          && !duration.isZero()
          && property != null
          && NUMBER.matcher(String.valueOf(property.getValue()).strip()).matches()) {
        throw new IllegalArgumentException("A duration without a unit");
      }
      return result;
    }
  }
}
