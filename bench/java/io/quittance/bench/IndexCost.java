package io.quittance.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What each index of payments costs every payment: the same rows are inserted with all indexes and
 * with all but one, and rolled back.
 */
final class IndexCost {

  /**
   * @param walBytes of write-ahead log per payment, without full-page images
   */
  record Cost(String index, double walBytes) {}

  private static final String NONE = "none";
  private static final int PAYMENTS = 20_000;
  private static final int RUNS = 3;

  /** What makes a copy a new payment, one of a batch of eight. */
  private static final Map<String, String> FRESH =
      Map.of(
          "id", "uuidv7()",
          "created_at", "now() + (row_number() over () / 8) * interval '1 ms'",
          "status", "'succeeded'",
          "reference", "case when reference is not null then 'copy-' || id end");

  private IndexCost() {}

  /** The first cost is that of the insert with all indexes. */
  static List<Cost> measure(Connection connection, List<String> indexes) throws SQLException {
    String columns =
        Database.text(
            connection,
            """
            select string_agg(column_name, ',' order by ordinal_position)
              from information_schema.columns where table_name = 'payments'
            """);
    String insert =
        "explain (analyze, wal, format json) insert into payments (%s) select %s from (select * from payments tablesample system (20) repeatable (1) limit %d) p"
            .formatted(
                columns,
                java.util.Arrays.stream(columns.split(","))
                    .map(name -> FRESH.getOrDefault(name, name))
                    .collect(Collectors.joining(",")),
                PAYMENTS);
    connection.setAutoCommit(false);
    Cost all = cost(connection, NONE, insert);
    var costs = new ArrayList<>(List.of(all));
    for (String index : indexes) {
      Cost without = cost(connection, index, insert);
      costs.add(new Cost(index, all.walBytes() - without.walBytes()));
    }
    return costs;
  }

  private static Cost cost(Connection connection, String without, String insert)
      throws SQLException {
    var bytes = new ArrayList<Double>();
    for (int run = 0; run < RUNS; run++) {
      try (Statement statement = connection.createStatement()) {
        if (!without.equals(NONE)) {
          statement.execute("drop index " + without);
        }
        JsonNode explained = new ObjectMapper().readTree(Database.text(connection, insert)).path(0);
        JsonNode top = explained.path("Plan");
        bytes.add(top.path("WAL Bytes").asDouble() / PAYMENTS);
      } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
        throw new IllegalStateException(e);
      } finally {
        connection.rollback();
      }
    }
    return new Cost(
        without.equals(NONE) ? "all of them, and the row" : without, Report.median(bytes));
  }
}
