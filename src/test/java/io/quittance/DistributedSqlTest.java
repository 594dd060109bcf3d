package io.quittance;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.io.IOException;
import java.lang.classfile.AnnotationElement;
import java.lang.classfile.AnnotationValue;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.StringEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.hibernate.annotations.PartitionKey;
import org.junit.jupiter.api.Test;

/**
 * PostgreSQL that is distributed by {@code merchant_id} takes less than one server does. All SQL
 * keeps to it, so that the two never part: every text of the compiled classes is read.
 */
class DistributedSqlTest {

  private static final Path CLASSES = Path.of("target/classes/io/quittance");
  private static final Path MIGRATIONS = Path.of("src/main/resources/db/migration");

  /** A table as it is created, with its columns; a column that is added later does not count. */
  private static final Pattern TABLE = Pattern.compile("(?is)create table (\\w+) \\((.*?)\\n\\)");

  private static final Pattern WRITE =
      Pattern.compile("\\b(?:insert into|update|delete from) (\\w+)\\b(.*)");

  /** A column that an update moves by an interval, which depends on the session's time zone. */
  private static final Pattern MOVED_TIME =
      Pattern.compile("\\bset\\b.*\\b(\\w+) = \\1 [+-][^,]*\\binterval\\b");

  private static final Pattern INSERT =
      Pattern.compile("^insert into (\\w+)\\b.* select (?!.*on conflict)");

  private static final Pattern JOIN = Pattern.compile("\\bjoin (\\w+)\\b");
  private static final Pattern INNER_SELECT = Pattern.compile("\\(select\\b.*?\\bfrom (\\w+)\\b");
  private static final Pattern OF_ONE_MERCHANT =
      Pattern.compile("\\bmerchant_id = (?:\\?|:merchant\\b)");
  private static final Pattern MERGE = Pattern.compile("\\bmerge into\\b");
  private static final Pattern LOCK = Pattern.compile("\\bfor (?:no key )?(?:update|share)\\b");

  /** Where H2 takes nothing else, and PostgreSQL gets another form. */
  private static final Set<String> MERGES_ON_H2 = Set.of("Dialect", "PaneStore", "Totals");

  /** What is appended to a text that names the merchant. */
  private static final Set<String> FRAGMENTS = Set.of("BooksSql");

  /** What has another form where tables are distributed. */
  private static final Set<String> ON_ONE_SERVER = Set.of("Dialect");

  /** Found before their merchant is known. */
  private static final Set<String> ON_THE_COORDINATOR = Set.of("api_keys", "console_sessions");

  /** Entities whose tables are copied or on the coordinator. */
  private static final Set<String> NOT_DISTRIBUTED = Set.of("Merchant", "ApiKey");

  /** Where {@code Dialect.ofMerchants} names the merchants of a join that are in rows only. */
  private static final Set<String> NAMED_LATER =
      Set.of(
          "BooksSql",
          "Deliveries",
          "WaitingKeys",
          "IdempotencyKeys",
          "PayerPastsSql",
          "PaymentRows");

  /**
   * What goes through {@code Writes}, as all that has {@code TableColumns} does: it has Citus say
   * why it refuses a row.
   */
  private static final Set<String> WRITTEN_BY_THE_JOURNAL = Set.of("Deliveries", "PaymentDeltas");

  /** Why it does not matter to others why a row is refused. */
  private static final Map<String, String> OF_NEW_IDS =
      Map.of(
          "BatchStore", "items of a batch that nobody has seen yet",
          "RollUp", "on H2 only",
          "Timelines", "what cannot be written is lost, whatever the reason");

  /**
   * Why a class may write to all merchants' rows at once. {@code Dialect.deleteUnlocked} does so
   * for sweeps by time: each node deletes its own, and nothing depends on when.
   */
  private static final Map<String, String> OF_ALL_MERCHANTS =
      Map.of("TimelineRetention", "sweeps by time, where there are no partitions to drop");

  /** A text of a class. */
  private record Text(String type, String sql) {

    private Text {
      sql = sql.toLowerCase(Locale.ROOT).replaceAll("\\s+", " ").strip();
    }

    boolean has(Pattern pattern) {
      return pattern.matcher(sql).find();
    }

    boolean locksByUnnest() {
      return has(LOCK) && sql.contains("unnest");
    }

    boolean skipsOthersRows() {
      return sql.contains("skip locked")
          && !has(OF_ONE_MERCHANT)
          && ON_THE_COORDINATOR.stream().noneMatch(table -> sql.contains("from " + table));
    }

    /** Citus calls whatever is wrong with what an insert selects an internal error. */
    boolean insertsWhatItSelects(Set<String> owned) {
      return INSERT.matcher(sql).results().anyMatch(insert -> owned.contains(insert.group(1)));
    }

    /** What sends a statement to each server, whosever the rows are. */
    boolean joinsRowsByUnnest(Set<String> owned) {
      return sql.contains("unnest")
          && !sql.contains("merchant_id = ?")
          && JOIN.matcher(sql).results().anyMatch(join -> owned.contains(join.group(1)));
    }

    /** The merchants are on all servers, and each server would look at all of them. */
    boolean looksForRowsOfEachMerchant(Set<String> owned) {
      return sql.contains("from merchants")
          && !sql.contains("m.id = ?")
          && INNER_SELECT.matcher(sql).results().anyMatch(from -> owned.contains(from.group(1)));
    }

    boolean writesWithoutMerchant(Set<String> owned) {
      return WRITE
          .matcher(sql)
          .results()
          .anyMatch(
              write -> owned.contains(write.group(1)) && !write.group(2).contains("merchant_id"));
    }
  }

  @Test
  void mergesOnH2Only() throws IOException {
    assertThat(types(text -> text.has(MERGE))).isEqualTo(MERGES_ON_H2);
  }

  @Test
  void locksByIdsAndNotByAJoin() throws IOException {
    assertThat(types(Text::locksByUnnest)).isEmpty();
  }

  @Test
  void skipsLockedRowsOfOneMerchantOnly() throws IOException {
    var known = new TreeSet<>(FRAGMENTS);
    known.addAll(ON_ONE_SERVER);

    assertThat(types(Text::skipsOthersRows)).isEqualTo(known);
  }

  @Test
  void writesNameTheMerchant() throws IOException {
    Set<String> owned = owned();

    assertThat(owned).contains("accounts", "payments", "events", "kafka_outbox");
    assertThat(types(text -> text.writesWithoutMerchant(owned)))
        .isEqualTo(OF_ALL_MERCHANTS.keySet());
  }

  @Test
  void insertsOfWhatIsSelectedAreTheJournalsOrOfNewIds() throws IOException {
    Set<String> owned = owned();
    var known = new TreeSet<>(WRITTEN_BY_THE_JOURNAL);
    known.addAll(OF_NEW_IDS.keySet());

    assertThat(types(text -> text.insertsWhatItSelects(owned))).isEqualTo(known);
  }

  @Test
  void updatesMoveNoTimeByAnInterval() throws IOException {
    assertThat(types(text -> text.has(MOVED_TIME))).isEmpty();
  }

  @Test
  void joinsWithRowsNameTheMerchantsOnceMore() throws IOException {
    Set<String> owned = owned();

    assertThat(types(text -> text.joinsRowsByUnnest(owned))).isEqualTo(NAMED_LATER);
  }

  @Test
  void looksForRowsOfEachMerchantFromATableThatIsDistributedToo() throws IOException {
    Set<String> owned = owned();

    assertThat(types(text -> text.looksForRowsOfEachMerchant(owned))).isEmpty();
  }

  /** Hibernate finds the row of an update by its id alone, unless it is told more. */
  @Test
  void entitiesNameTheMerchantWhenTheyAreWritten() {
    assertThat(
            new ClassFileImporter()
                .importPackages("io.quittance").stream()
                    .filter(type -> type.isAnnotatedWith(Entity.class))
                    .filter(type -> !NOT_DISTRIBUTED.contains(type.getSimpleName()))
                    .filter(type -> !namesTheMerchant(type))
                    .map(JavaClass::getSimpleName))
        .isEmpty();
  }

  private static boolean namesTheMerchant(JavaClass entity) {
    JavaField merchant = entity.getField("merchantId");
    return merchant.isAnnotatedWith(Id.class) || merchant.isAnnotatedWith(PartitionKey.class);
  }

  @Test
  void queriesOfEndpointsLeaveOutDeletedOnes() throws IOException {
    List<Text> ofEndpoints =
        texts().stream()
            .filter(text -> text.type().equals("Endpoints"))
            .filter(text -> text.sql().startsWith("select"))
            .toList();

    assertThat(ofEndpoints).hasSizeGreaterThan(5);
    assertThat(ofEndpoints).allMatch(text -> text.sql().contains("deleted_at is null"));
  }

  @Test
  void findsWhatItLooksFor() {
    Set<String> owned = Set.of("events");

    assertThat(new Text("A", "delete from\n events where id = ?").writesWithoutMerchant(owned))
        .isTrue();
    assertThat(new Text("A", "delete from rests where id = ?").writesWithoutMerchant(owned))
        .isFalse();
    assertThat(new Text("A", "MERGE into t using s").has(MERGE)).isTrue();
    assertThat(new Text("A", "select 1 from unnest(?) for update").locksByUnnest()).isTrue();
    assertThat(new Text("A", "insert into events (a) select 1").insertsWhatItSelects(owned))
        .isTrue();
    assertThat(new Text("A", "update t set a = a - ? * interval '1' day").has(MOVED_TIME)).isTrue();
    assertThat(new Text("A", "select 1 from t for update skip locked").skipsOthersRows()).isTrue();
    assertThat(new Text("A", "select 1 from unnest(?) k join events e").joinsRowsByUnnest(owned))
        .isTrue();
    assertThat(
            new Text("A", "select 1 from merchants m where exists (select 1 from events e)")
                .looksForRowsOfEachMerchant(owned))
        .isTrue();
  }

  private static Set<String> types(Predicate<Text> rule) throws IOException {
    return texts().stream()
        .filter(rule)
        .map(Text::type)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<Text> texts() throws IOException {
    var texts = new ArrayList<Text>();
    for (Path file : files(CLASSES, ".class")) {
      String type = file.getFileName().toString().replaceAll("(\\$.*)?\\.class$", "");
      ClassModel model = ClassFile.of().parse(file);
      Stream.concat(constants(model), queries(model))
          .map(sql -> new Text(type, sql))
          .forEach(texts::add);
    }
    assertThat(texts).hasSizeGreaterThan(1_000);
    return texts;
  }

  private static Stream<String> constants(ClassModel model) {
    return StreamSupport.stream(model.constantPool().spliterator(), false)
        .filter(StringEntry.class::isInstance)
        .map(entry -> ((StringEntry) entry).stringValue());
  }

  /**
   * What the methods of repositories are annotated with, with a question mark for each parameter.
   */
  private static Stream<String> queries(ClassModel model) {
    return model.methods().stream()
        .flatMap(method -> method.findAttribute(Attributes.runtimeVisibleAnnotations()).stream())
        .flatMap(attribute -> attribute.annotations().stream())
        .filter(annotation -> annotation.className().stringValue().endsWith("/NativeQuery;"))
        .flatMap(annotation -> annotation.elements().stream())
        .map(AnnotationElement::value)
        .filter(AnnotationValue.OfString.class::isInstance)
        .map(value -> ((AnnotationValue.OfString) value).stringValue().replaceAll(":\\w+", "?"));
  }

  /** The tables whose rows are a merchant's. */
  private static Set<String> owned() throws IOException {
    var tables = new TreeSet<String>();
    for (Path file : files(MIGRATIONS, ".sql")) {
      TABLE
          .matcher(Files.readString(file))
          .results()
          .filter(table -> table.group(2).contains("merchant_id"))
          .map((MatchResult table) -> table.group(1))
          .forEach(tables::add);
    }
    tables.removeAll(ON_THE_COORDINATOR);
    return tables;
  }

  private static List<Path> files(Path folder, String ending) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }
}
