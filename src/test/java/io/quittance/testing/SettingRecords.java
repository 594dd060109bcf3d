package io.quittance.testing;

import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;

/** All settings of the service, as its records have them. */
public final class SettingRecords {

  /** A setting by its full name, and what is bound to it. */
  public record Setting(String name, Class<?> type) {}

  private static final List<Class<?>> ALL = find();

  private SettingRecords() {}

  public static List<Class<?>> all() {
    return ALL;
  }

  private static List<Class<?>> find() {
    var scan = new ClassPathScanningCandidateComponentProvider(false);
    scan.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
    return scan.findCandidateComponents("io.quittance").stream()
        .<Class<?>>map(
            found -> ClassUtils.resolveClassName(String.valueOf(found.getBeanClassName()), null))
        .toList();
  }

  public static Stream<Setting> settings() {
    return ALL.stream()
        .flatMap(type -> of(type.getAnnotation(ConfigurationProperties.class).value(), type));
  }

  private static Stream<Setting> of(String prefix, Class<?> type) {
    return Stream.of(type.getRecordComponents())
        .flatMap(
            component -> {
              String name = prefix + "." + name(component);
              return component.getType().isRecord()
                  ? of(name, component.getType())
                  : Stream.of(new Setting(name, component.getType()));
            });
  }

  private static String name(RecordComponent component) {
    return DataObjectPropertyName.toDashedForm(component.getName());
  }
}
