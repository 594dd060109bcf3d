package io.quittance;

import java.lang.reflect.Parameter;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Finds {@code quittance.*} settings that do not exist, so that typos are noticed. They are logged
 * and not refused: other software may set variables with the same prefix, and after a rollback the
 * earlier version must start with the settings of the later one.
 */
final class SettingNames {

  private static final Logger log = LoggerFactory.getLogger(SettingNames.class);

  private static final ConfigurationPropertyName OURS = ConfigurationPropertyName.of("quittance");

  private static final String OUR_VARIABLES = "QUITTANCE_";

  /** Variables that Kubernetes sets for each service with this name in its namespace. */
  private static final Pattern SERVICE_LINK =
      Pattern.compile(
          "QUITTANCE_(\\w+_)?"
              + "(SERVICE_HOST|SERVICE_PORT(_\\w+)?|PORT(_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)");

  /**
   * A setting.
   *
   * @param open a map or a list, below which any names are allowed
   */
  private record Known(ConfigurationPropertyName name, boolean open) {

    boolean is(ConfigurationPropertyName other) {
      return name.equals(other) || open && name.isAncestorOf(other);
    }

    /** Dashes are left out, or underscores. */
    boolean isVariable(String variable) {
      String text = name.toString().toUpperCase(Locale.ROOT).replace('.', '_');
      return isVariable(variable, text.replace("-", ""))
          || isVariable(variable, text.replace('-', '_'));
    }

    private boolean isVariable(String variable, String form) {
      return variable.equals(form) || open && variable.startsWith(form + "_");
    }
  }

  private final List<Known> settings;

  /** All settings of these records. */
  SettingNames(Collection<Class<?>> records) {
    settings =
        records.stream()
            .flatMap(type -> of(type.getAnnotation(ConfigurationProperties.class).value(), type))
            .toList();
  }

  private static Stream<Known> of(String prefix, Class<?> type) {
    return Stream.of(BeanUtils.getResolvableConstructor(type).getParameters())
        .flatMap(
            parameter -> {
              String name = prefix + "." + name(parameter);
              Class<?> value = parameter.getType();
              boolean open = value == Map.class || value == List.class;
              return value.isRecord()
                  ? of(name, value)
                  : Stream.of(new Known(ConfigurationPropertyName.of(name), open));
            });
  }

  private static String name(Parameter parameter) {
    Name name = parameter.getAnnotation(Name.class);
    return name == null ? DataObjectPropertyName.toDashedForm(parameter.getName()) : name.value();
  }

  /** Looks at all sources of settings. */
  void check(ConfigurableEnvironment environment) {
    var unknown = new TreeSet<ConfigurationPropertyName>();
    for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
      if (source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource variables) {
        report(variables);
      } else if (source instanceof IterableConfigurationPropertySource properties) {
        properties.stream().filter(this::isUnknown).forEach(unknown::add);
      }
    }
    unknown.forEach(name -> report("setting", name));
  }

  private boolean isUnknown(ConfigurationPropertyName name) {
    return OURS.isAncestorOf(name) && settings.stream().noneMatch(setting -> setting.is(name));
  }

  private void report(SystemEnvironmentPropertySource variables) {
    for (String variable : variables.getPropertyNames()) {
      String name = variable.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
      if (name.startsWith(OUR_VARIABLES)
          && !SERVICE_LINK.matcher(name).matches()
          && settings.stream().noneMatch(setting -> setting.isVariable(name))) {
        report("environment variable", variable);
      }
    }
  }

  private static void report(String kind, Object name) {
    log.warn(
        "The {} {} has no effect: there is no such setting (docs/configuration.md lists them)",
        kind,
        name);
  }
}
