package io.quittance.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.testing.Postgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The schema is one that Citus distributes by {@code merchant_id} (ADR 35), though these tests have
 * one server only: each table has a place, and nothing reaches over merchants.
 */
class DistributedTablesIT {

  private static final Path DISTRIBUTION =
      Path.of("src/main/resources/db/migration/citus/R__distribution.sql");

  private static final Pattern LIST = Pattern.compile("(?s)array array\\[(.*?)]");
  private static final Pattern NAME = Pattern.compile("'(\\w+)'");

  /** Copied to each server. */
  private static final String COPIED = "merchants";

  /** What the service reads on the coordinator only. */
  private static final Set<String> LOCAL =
      Set.of(
          "api_keys",
          "console_sessions",
          "kafka_shards",
          "kafka_relays",
          "kafka_topics",
          "analytics_offsets",
          "flyway_schema_history");

  private final JdbcClient jdbc = JdbcClient.create(Postgres.create().migrated().dataSource());
  private final Set<String> distributed = listed();

  @Test
  void everyTableHasAPlace() {
    var placed = new TreeSet<>(LOCAL);
    placed.addAll(distributed);
    placed.add(COPIED);

    assertThat(names("select relname from pg_class where relkind in ('r', 'p') and %s"))
        .isSubsetOf(placed)
        .containsAll(distributed);
  }

  @Test
  void eachKeyOfADistributedTableNamesTheMerchant() {
    assertThat(
            names(
                """
                select c.relname from pg_class c join pg_index i on i.indrelid = c.oid
                 where i.indisunique and %s
                   and not exists (select 1 from pg_attribute a
                                    where a.attrelid = c.oid and a.attname = 'merchant_id'
                                      and a.attnum = any(i.indkey))
                """))
        .doesNotContainAnyElementsOf(distributed);
  }

  @Test
  void foreignKeysOfDistributedTablesLeadToTheCopiedOne() {
    assertThat(
            names(
                """
                select c.relname from pg_class c
                  join pg_constraint k on k.conrelid = c.oid and k.contype = 'f'
                 where %s and k.confrelid <> 'merchants'::regclass
                """))
        .doesNotContainAnyElementsOf(distributed);
  }

  /** Citus takes neither everywhere, and a number from one sequence is one server's to give. */
  @Test
  void noTableHasATriggerOrASequence() {
    assertThat(
            names(
                """
                select c.relname from pg_class c
                 where %s and (c.relkind = 'S'
                    or exists (select 1 from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal))
                """))
        .isEmpty();
  }

  /** Without the partitions of a table, which are where it is. */
  private Set<String> names(String sql) {
    List<String> names =
        jdbc.sql(sql.formatted("relnamespace = 'public'::regnamespace and not relispartition"))
            .query(String.class)
            .list();
    return new TreeSet<>(names);
  }

  private static Set<String> listed() {
    try {
      String names =
          LIST.matcher(Files.readString(DISTRIBUTION))
              .results()
              .map((MatchResult found) -> found.group(1))
              .findFirst()
              .orElseThrow();
      var tables = new TreeSet<String>();
      NAME.matcher(names).results().forEach(name -> tables.add(name.group(1)));
      return tables;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
