package io.quittance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
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

  private static final Pattern MERGE = Pattern.compile("\\bmerge into\\b");
  private static final Pattern LOCK = Pattern.compile("\\bfor (?:no key )?(?:update|share)\\b");

  /** Where H2 takes nothing else, and PostgreSQL gets another form. */
  private static final Set<String> MERGES_ON_H2 = Set.of("Dialect", "PaneStore", "Totals");

  /** What is appended to a text that names the merchant. */
  private static final Set<String> FRAGMENTS = Set.of("BooksSql");

  /** Why a class may write to all merchants' rows at once. */
  private static final Map<String, String> OF_ALL_MERCHANTS =
      Map.of(
          "ProductionRequirements", "tells an operator what to run",
          "LastUse", "a key is known before its merchant is; one statement for one row",
          "PaneRetention", "sweeps by time; each node deletes its own, and nothing depends on when",
          "KeyRetention", "sweeps by time, likewise",
          "TimelineRetention", "sweeps by time, where there are no partitions to drop");

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
      return sql.contains("skip locked") && !sql.contains("merchant_id = ?");
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
    assertThat(types(Text::skipsOthersRows)).isEqualTo(FRAGMENTS);
  }

  @Test
  void writesNameTheMerchant() throws IOException {
    Set<String> owned = owned();

    assertThat(owned).contains("accounts", "payments", "events", "kafka_outbox");
    assertThat(types(text -> text.writesWithoutMerchant(owned)))
        .isEqualTo(OF_ALL_MERCHANTS.keySet());
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
    assertThat(new Text("A", "select 1 from t for update skip locked").skipsOthersRows()).isTrue();
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
      StreamSupport.stream(ClassFile.of().parse(file).constantPool().spliterator(), false)
          .filter(StringEntry.class::isInstance)
          .map(entry -> new Text(type, ((StringEntry) entry).stringValue()))
          .forEach(texts::add);
    }
    assertThat(texts).hasSizeGreaterThan(1_000);
    return texts;
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
    return tables;
  }

  private static List<Path> files(Path folder, String ending) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }
}
