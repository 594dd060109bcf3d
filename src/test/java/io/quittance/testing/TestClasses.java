package io.quittance.testing;

import java.io.IOException;
import java.lang.annotation.Annotation;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.platform.commons.annotation.Testable;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.core.type.MethodMetadata;
import org.springframework.core.type.classreading.SimpleMetadataReaderFactory;

/** What the compiled test classes say of themselves. None of them is loaded. */
public final class TestClasses {

  private final Map<String, AnnotationMetadata> classes = new HashMap<>();

  /** Reads those that were compiled together with this class. */
  public TestClasses() throws IOException, URISyntaxException {
    Path root =
        Path.of(TestClasses.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    var readers = new SimpleMetadataReaderFactory();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".class")).toList()) {
        var read = readers.getMetadataReader(new FileSystemResource(file)).getAnnotationMetadata();
        classes.put(read.getClassName(), read);
      }
    }
  }

  /** All methods with an annotation. */
  public List<MethodMetadata> methodsWith(Class<? extends Annotation> annotation) {
    var found = new ArrayList<MethodMetadata>();
    classes.values().forEach(one -> found.addAll(one.getAnnotatedMethods(annotation.getName())));
    return found;
  }

  /** Whether the method is a test that is not disabled, of a class that the build runs. */
  public boolean runs(MethodMetadata method) {
    return method.isAnnotated(Testable.class.getName())
        && !disabled(method)
        && runs(method.getDeclaringClassName());
  }

  /** The contracts are abstract: some class has to extend them. */
  private boolean runs(String name) {
    AnnotationMetadata one = classes.get(name);
    if (disabled(one)) {
      return false;
    }
    if (one.isAbstract()) {
      return classes.values().stream()
          .anyMatch(other -> name.equals(other.getSuperClassName()) && runs(other.getClassName()));
    }
    @Nullable String enclosing = one.getEnclosingClassName();
    return enclosing == null
        ? name.endsWith("Test") || name.endsWith("IT")
        : one.isAnnotated(Nested.class.getName()) && runs(enclosing);
  }

  private static boolean disabled(AnnotatedTypeMetadata one) {
    return one.isAnnotated(Disabled.class.getName());
  }

  /** Whether the method, or its class, has a tag. */
  public boolean hasTag(MethodMetadata method, String tag) {
    return Stream.of(method, classes.get(method.getDeclaringClassName()))
        .flatMap(one -> one.getAnnotations().stream(Tag.class))
        .anyMatch(one -> one.getString("value").equals(tag));
  }
}
