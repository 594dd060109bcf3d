package io.quittance;

import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.TypeMismatchException;
import org.springframework.beans.factory.InjectionPoint;
import org.springframework.beans.factory.UnsatisfiedDependencyException;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.util.ClassUtils;
import org.springframework.util.unit.DataSize;

/**
 * Explains which setting has the wrong type or breaks a rule, and what is allowed. A broken rule is
 * an {@link IllegalArgumentException} whose message begins with the setting's name.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class SettingAnalyzer implements FailureAnalyzer {

  static final String WHAT = "a setting cannot be used";

  static final String REMEDY =
      "docs/configuration.md lists the settings. Each is also an environment"
          + " variable: quittance.fraud.url is QUITTANCE_FRAUD_URL.";

  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^:}]+).*");
  private static final Pattern NO_SUCH_TYPE =
      Pattern.compile("Failed to convert to type ([\\w.]+)\\.?");
  private static final Pattern OUR_SETTING = Pattern.compile("quittance\\.[a-z.-]+");

  @Override
  public @Nullable FailureAnalysis analyze(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String reason = reason(cause);
      if (reason != null) {
        return StartFailure.because(WHAT, List.of(reason), REMEDY, cause);
      }
    }
    return null;
  }

  private static @Nullable String reason(Throwable cause) {
    return switch (cause) {
      case BindException bind when bind.getCause() instanceof BindValidationException -> null;
      case BindException bind -> wrongType(bind);
      case UnsatisfiedDependencyException injection
          when injection.getCause() instanceof TypeMismatchException mismatch ->
          wrongType(injection.getInjectionPoint(), mismatch);
      case InvalidConfigurationPropertyValueException invalid -> wrongType(invalid);
      case IllegalArgumentException rule -> brokenRule(rule);
      default -> null;
    };
  }

  private static @Nullable String wrongType(BindException bind) {
    ConfigurationProperty property = bind.getProperty();
    return property == null
        ? null
        : wrongType(
            property.getName().toString(),
            property.getValue(),
            bind.getTarget().getType().resolve(Object.class));
  }

  private static @Nullable String wrongType(
      @Nullable InjectionPoint point, TypeMismatchException mismatch) {
    Value value = point == null ? null : point.getAnnotation(Value.class);
    if (value == null || mismatch.getRequiredType() == null) {
      return null;
    }
    Matcher name = PLACEHOLDER.matcher(value.value());
    return name.matches()
        ? wrongType(name.group(1), mismatch.getValue(), mismatch.getRequiredType())
        : null;
  }

  private static String wrongType(InvalidConfigurationPropertyValueException invalid) {
    Matcher type = NO_SUCH_TYPE.matcher(String.valueOf(invalid.getReason()));
    return type.matches()
        ? wrongType(
            invalid.getName(),
            invalid.getValue(),
            ClassUtils.resolveClassName(type.group(1), SettingAnalyzer.class.getClassLoader()))
        : "%s: not \"%s\": %s"
            .formatted(invalid.getName(), invalid.getValue(), invalid.getReason());
  }

  private static String wrongType(String name, @Nullable Object value, Class<?> type) {
    return "%s: %s, not \"%s\"".formatted(name, allowed(type), value);
  }

  private static String allowed(Class<?> type) {
    if (type == int.class || type == Integer.class) {
      return "a whole number, at most " + Integer.MAX_VALUE;
    }
    if (type == long.class || type == Long.class) {
      return "a whole number";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (type == Duration.class) {
      return "a duration such as 500ms, 5s, 10m or 24h";
    }
    if (type == URI.class) {
      return "a URL";
    }
    if (type == DataSize.class) {
      return "a size such as 64KB";
    }
    return type.isEnum()
        ? "one of " + String.join(", ", names(type))
        : "a value of type " + type.getSimpleName();
  }

  private static List<String> names(Class<?> type) {
    return Arrays.stream(type.getEnumConstants()).map(Object::toString).toList();
  }

  private static @Nullable String brokenRule(IllegalArgumentException rule) {
    String message = rule.getMessage();
    return message != null && OUR_SETTING.matcher(message).lookingAt() ? message : null;
  }
}
