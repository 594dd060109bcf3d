package io.quittance.testing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A rule for the packages of one module: each is listed, and imports only what is listed with it. A
 * room can name only rooms that were listed before it, so imports run one way.
 */
public final class Rooms {

  private final String module;
  private final Map<String, Set<String>> imports = new LinkedHashMap<>();

  private Rooms(String module) {
    this.module = module;
  }

  /**
   * Rooms of a module.
   *
   * @param module the name of its package
   */
  public static Rooms of(String module) {
    return new Rooms(module);
  }

  /**
   * One more room.
   *
   * @param room its package, relative to the module's; {@code "."} is that one itself
   * @param imported the rooms that it may import
   */
  public Rooms room(String room, String... imported) {
    for (String other : imported) {
      if (!imports.containsKey(packageOf(other))) {
        throw new IllegalArgumentException(
            "%s cannot import %s, which comes after it".formatted(room, other));
      }
    }
    imports.put(packageOf(room), packagesOf(imported));
    return this;
  }

  /** The rule, and its reason. */
  public ArchRule because(String reason) {
    return classes()
        .that()
        .resideInAPackage(module + "..")
        .should(new ImportAsListed())
        .because(reason);
  }

  private String packageOf(String room) {
    return room.equals(".") ? module : module + "." + room;
  }

  private Set<String> packagesOf(String... rooms) {
    return Set.of(rooms).stream().map(this::packageOf).collect(Collectors.toUnmodifiableSet());
  }

  private final class ImportAsListed extends ArchCondition<JavaClass> {

    ImportAsListed() {
      super("be in a room that is listed and import only what is listed with it");
    }

    @Override
    public void check(JavaClass origin, ConditionEvents events) {
      Set<String> allowed = imports.get(origin.getPackageName());
      if (allowed == null) {
        events.add(
            SimpleConditionEvent.violated(
                origin, "%s is not a listed room".formatted(origin.getPackageName())));
        return;
      }
      for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
        String target = dependency.getTargetClass().getBaseComponentType().getPackageName();
        boolean another = imports.containsKey(target) && !target.equals(origin.getPackageName());
        if (another && !allowed.contains(target)) {
          events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
        }
      }
    }
  }
}
