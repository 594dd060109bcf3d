package io.quittance;

import static com.tngtech.archunit.lang.conditions.ArchConditions.beAnnotatedWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.quittance.concurrency.DeadlineScope;
import io.quittance.database.Dialect;
import io.quittance.identity.RequiresScope;
import io.quittance.journal.Table;
import jakarta.persistence.Entity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.StructuredTaskScope;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.springframework.core.annotation.Order;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.repository.Repository;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.modulith.ApplicationModule;
import org.springframework.modulith.NamedInterface;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Rules of the house, each with its reason. */
@AnalyzeClasses(packages = "io.quittance", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule onlyRoundTouchesThePreviewApi =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("io.quittance.concurrency.Round")
          .should()
          .dependOnClassesThat()
          .areAssignableTo(StructuredTaskScope.class)
          .because(
              "later JDKs change StructuredTaskScope, and one file is to follow; use"
                  + " DeadlineScope");

  @ArchTest
  static final ArchRule theConcurrencyLibraryKnowsNoSpring =
      noClasses()
          .that()
          .resideInAPackage("io.quittance.concurrency..")
          .and()
          .areNotAnnotatedWith(ApplicationModule.class)
          .and()
          .areNotAnnotatedWith(NamedInterface.class)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.springframework..")
          .because("it is a library of its own; wire it up where it is used");

  @ArchTest
  static final ArchRule nothingElseStartsThreads =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.quittance.concurrency..")
          .should()
          .callConstructor(Thread.class, Runnable.class)
          .orShould()
          .callMethod(Thread.class, "startVirtualThread", Runnable.class)
          .orShould()
          .dependOnClassesThat()
          .haveNameMatching("java\\.util\\.concurrent\\.(ForkJoinPool|.*ThreadPoolExecutor|Timer)")
          .because("work belongs into a DeadlineScope, a WorkerPool or a FanOut");

  /** What runs in a fork is interrupted; a JDBC call there would lose its connection. */
  @ArchTest
  static final ArchRule whatRunsInForksSpeaksNoSql =
      noClasses()
          .that()
          .haveFullyQualifiedName("io.quittance.payment.create.PaymentProcessor")
          .or()
          .haveFullyQualifiedName("io.quittance.payment.dependency.Dependency")
          .or()
          .haveFullyQualifiedName("io.quittance.fraud.Fraud")
          .or()
          .haveFullyQualifiedName("io.quittance.fraud.RemoteScreening")
          .or()
          .haveNameMatching("io\\.quittance\\.fraud\\.(Screening|RuleSet|Rule|Fallback).*")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "java.sql..", "javax.sql..", "org.springframework.jdbc..", "jakarta.persistence..")
          .because("subtasks are canceled by interrupt: let them wait on a WorkerPool's future");

  @ArchTest
  static final ArchRule theLedgerGoesByTheDatabasesClock =
      noClasses()
          .that()
          .resideInAPackage("io.quittance.ledger..")
          .should()
          .dependOnClassesThat()
          .areAssignableTo(Clock.class)
          .because("replicas' clocks differ; use Dialect.now or current_timestamp");

  @ArchTest
  static final ArchRule whatIsDeletedByAgeGoesByBothClocks =
      noClasses()
          .that()
          .haveSimpleNameEndingWith("Retention")
          .should()
          .dependOnClassesThat()
          .areAssignableTo(Clock.class)
          .orShould()
          .callMethod(Dialect.class, "now", JdbcOperations.class)
          .because(
              "a clock that is ahead, a replica's or the database's, would delete what is young; use"
                  + " Dialect.earlierNow");

  @ArchTest
  static final ArchRule timeComesFromAClock =
      noClasses()
          .should()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .because("tests set the clock; take a java.time.Clock, or the database's time");

  /** What is public in a room is hidden from other modules all the same: ModulesTest checks it. */
  @ArchTest
  static final ArchRule entitiesAndRepositoriesStayInTheirModule =
      noClasses()
          .that()
          .resideInAPackage("io.quittance.*")
          .and(areEntitiesOrRepositories())
          .should()
          .bePublic()
          .because("other modules use what the module says, not how it keeps it");

  /** Replicas that opened them in different orders would lock in different orders. */
  @ArchTest
  static void tablesOfAUnitOfWorkHaveTheOrderThatTheDocsSay(JavaClasses classes)
      throws IOException {
    List<String> tables =
        classes.stream()
            .filter(one -> one.isAssignableTo(Table.Factory.class) && !one.isInterface())
            .map(
                one ->
                    "%d %s"
                        .formatted(
                            one.getAnnotationOfType(Order.class).value(),
                            one.getEnclosingClass().orElseThrow().getSimpleName()))
            .toList();
    List<String> documented =
        Pattern.compile("(?m)^\\| (\\d+) \\| `(\\w+)`")
            .matcher(Files.readString(Path.of("docs/architecture.md")))
            .results()
            .map(row -> row.group(1) + " " + row.group(2))
            .toList();

    assertThat(tables).hasSizeGreaterThan(10).containsExactlyInAnyOrderElementsOf(documented);
    assertThat(documented.stream().map(row -> Integer.valueOf(row.split(" ")[0])).toList())
        .isSorted()
        .doesNotHaveDuplicates();
  }

  /** A joiner who reads it in docs/architecture.md and docs/payment.md finds each of them. */
  @ArchTest
  static void theWayOfAPaymentNamesWhatExists(JavaClasses classes) throws IOException {
    Map<String, Set<String>> members = members(classes);
    String rest = Files.readString(Path.of("docs/payment.md"));
    List<String> named = quoted("[A-Z]\\w+(?:\\.\\w+)*", wayOfAPayment() + rest);

    assertThat(named).hasSizeGreaterThan(30);
    assertThat(named).allMatch(name -> exists(List.of(name.split("\\.")), members));
  }

  @ArchTest
  static void theWayOfAPaymentNamesMethodsOfTheClassOfTheirRow(JavaClasses classes)
      throws IOException {
    Map<String, Set<String>> members = members(classes);
    String way = wayOfAPayment();
    List<MatchResult> rows =
        Pattern.compile("(?m)^\\| (\\d+)\\. \\| `(\\w+)` \\| ([^|]*)\\|")
            .matcher(way)
            .results()
            .toList();

    assertThat(way).contains("open these %d classes".formatted(rows.size()));
    for (int i = 0; i < rows.size(); i++) {
      MatchResult row = rows.get(i);
      assertThat(row.group(1)).isEqualTo(String.valueOf(i + 1));
      assertThat(members.get(row.group(2)))
          .as(row.group(2))
          .containsAll(quoted("[a-z]\\w+(?=`)", row.group(3)));
    }
  }

  private static String wayOfAPayment() throws IOException {
    String page = Files.readString(Path.of("docs/architecture.md"));
    int start = page.indexOf("## How one payment flows");
    return page.substring(start, page.indexOf("\n## ", start + 1));
  }

  /** What stands between backticks and begins as given. */
  private static List<String> quoted(String beginning, String text) {
    return Pattern.compile("`(" + beginning + ")")
        .matcher(text)
        .results()
        .map(name -> name.group(1))
        .toList();
  }

  /** The methods and nested classes of each class, by simple names. */
  private static Map<String, Set<String>> members(JavaClasses classes) {
    Map<String, Set<String>> members = new HashMap<>();
    for (JavaClass one : classes) {
      Set<String> names = members.computeIfAbsent(one.getSimpleName(), _ -> new HashSet<>());
      one.getMethods().forEach(method -> names.add(method.getName()));
      one.getEnclosingClass()
          .ifPresent(
              outer ->
                  members
                      .computeIfAbsent(outer.getSimpleName(), _ -> new HashSet<>())
                      .add(one.getSimpleName()));
    }
    return members;
  }

  /** A class, or one in it, or a method of it. */
  private static boolean exists(List<String> path, Map<String, Set<String>> members) {
    if (!members.containsKey(path.getFirst())) {
      return false;
    }
    for (int i = 1; i < path.size(); i++) {
      if (!members.getOrDefault(path.get(i - 1), Set.of()).contains(path.get(i))) {
        return false;
      }
    }
    return true;
  }

  @ArchTest
  static final ArchRule queriesAreSql =
      methods()
          .that()
          .areDeclaredInClassesThat()
          .areAssignableTo(Repository.class)
          .and()
          .haveNameNotMatching("save|saveAndFlush|findById")
          .should(beAnnotatedWith(NativeQuery.class))
          .because(
              "one in JPQL, or one made from its method's name, sets up Hibernate's parser, which"
                  + " took a fifteenth of the main thread's time in a start");

  /** With it on the class path, each bean is matched against pointcuts again. */
  @ArchTest
  static void noDependencyBringsAspectJ(JavaClasses classes) {
    assertThat(ClassUtils.isPresent("org.aspectj.weaver.Advice", null)).isFalse();
  }

  @ArchTest
  static final ArchRule noAnnotationIsLeftToAnAspect =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.github.resilience4j..annotation..",
              "io.micrometer..annotation..",
              "org.aspectj..")
          .because("AspectJ is left out, so nothing would happen; call the breaker or the timer");

  @ArchTest
  static final ArchRule noScopeInsideATransaction =
      noClasses()
          .that(dependOn(DeadlineScope.class))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.springframework.transaction..")
          .because("a transaction would be held open while subtasks wait");

  @ArchTest
  static final ArchRule everyRouteNamesItsScope =
      methods()
          .that()
          .areDeclaredInClassesThat()
          .areAnnotatedWith(RestController.class)
          .and()
          .areDeclaredInClassesThat()
          .resideOutsideOfPackages("io.quittance.sandbox", "io.quittance.console")
          .and()
          .areMetaAnnotatedWith(RequestMapping.class)
          .should(
              beAnnotatedWith(RequiresScope.class)
                  .or(beAnnotatedWith("io.quittance.identity.OperatorOnly")))
          .because(
              "a route without a scope is open to every key; pages and sessions are for whoever"
                  + " comes");

  @ArchTest
  static final ArchRule namesSayWhatThingsAre =
      noClasses()
          .should()
          .haveNameMatching(".*(Impl|Utils?|Helper|Manager|Dto|DTO)")
          .because("such a name says nothing about the thing");

  @ArchTest
  static final ArchRule nobodyImportsTheSandbox =
      classes()
          .that()
          .resideInAPackage("io.quittance.sandbox")
          .should()
          .onlyHaveDependentClassesThat()
          .resideInAPackage("io.quittance.sandbox")
          .because("production must not know that there is a playground");

  private static DescribedPredicate<JavaClass> areEntitiesOrRepositories() {
    return DescribedPredicate.describe(
        "are entities or repositories",
        type -> type.isAnnotatedWith(Entity.class) || type.isAssignableTo(Repository.class));
  }

  private static DescribedPredicate<JavaClass> dependOn(Class<?> type) {
    return DescribedPredicate.describe(
        "depend on " + type.getSimpleName(),
        origin ->
            origin.getDirectDependenciesFromSelf().stream()
                .anyMatch(dependency -> dependency.getTargetClass().isEquivalentTo(type)));
  }
}
