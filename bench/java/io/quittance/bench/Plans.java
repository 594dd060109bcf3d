package io.quittance.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The plans that PostgreSQL used for the service's own statements, with their own values, as {@code
 * auto_explain} logs them. So nothing is explained that the service does not run.
 */
final class Plans {

  /** One plan. */
  record Plan(String nodes, double milliseconds, long buffers, long rowsRead) {}

  /** The statement was not found in the log. */
  static final Plan NONE = new Plan("not found", 0, 0, 0);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Database database;
  private final Path directory;

  Plans(Database database, Path directory) {
    this.database = database;
    this.directory = directory;
  }

  /** Settings of a server whose plans are to be read. */
  static Map<String, String> settings(Path directory) {
    return Map.of(
        "logging_collector", "on",
        "log_destination", "jsonlog",
        "log_directory", directory.toString(),
        "log_filename", "plans.log",
        "log_file_mode", "0644",
        "session_preload_libraries", "auto_explain",
        "auto_explain.log_analyze", "on",
        "auto_explain.log_buffers", "on",
        "auto_explain.log_format", "json");
  }

  /** Every statement is explained from now on, or none is. */
  void explain(boolean on) throws SQLException, InterruptedException {
    database.execute("alter system set auto_explain.log_min_duration = " + (on ? 0 : -1));
    database.execute("select pg_reload_conf()");
    Thread.sleep(1000); // sessions read their settings before their next statement
  }

  /** Marks the log, so that the plans of one request can be told from those before. */
  void mark(String name) throws SQLException {
    database.execute("do $$ begin raise log 'mark %s'; end $$".formatted(name));
  }

  /** The plan of the statement after a mark that contains a text. */
  Optional<Plan> after(String mark, String text) throws IOException {
    Path log = directory.resolve("plans.json");
    boolean marked = false;
    try (Stream<String> lines = Files.lines(log)) {
      for (String line : (Iterable<String>) lines::iterator) {
        String message = JSON.readTree(line).path("message").asText();
        if (message.startsWith("mark ")) {
          marked = message.equals("mark " + mark);
        } else if (marked && message.contains("plan:") && message.contains(text)) {
          return Optional.of(plan(JSON.readTree(message.substring(message.indexOf('{')))));
        }
      }
    }
    return Optional.empty();
  }

  private static Plan plan(JsonNode explained) {
    JsonNode top = explained.path("Plan");
    return new Plan(
        nodes(top),
        top.path("Actual Total Time").asDouble(),
        top.path("Shared Hit Blocks").asLong() + top.path("Shared Read Blocks").asLong(),
        rowsRead(top, node -> node.path("Node Type").asText().contains("Scan")));
  }

  private static String nodes(JsonNode node) {
    var text = new StringBuilder(node.path("Node Type").asText());
    String direction = node.path("Scan Direction").asText();
    if (direction.equals("Backward")) {
      text.append(" Backward");
    }
    String index = node.path("Index Name").asText();
    if (!index.isEmpty()) {
      text.append(' ').append(index);
    }
    JsonNode inputs = node.path("Plans");
    if (inputs.size() > 1) {
      text.append(" (");
    }
    for (int i = 0; i < inputs.size(); i++) {
      text.append(i == 0 ? (inputs.size() > 1 ? "" : " < ") : ", ").append(nodes(inputs.get(i)));
    }
    return text.append(inputs.size() > 1 ? ")" : "").toString();
  }

  /** Rows that were looked at, those that a filter then removed included. */
  private static long rowsRead(JsonNode node, Predicate<JsonNode> scan) {
    long rows = 0;
    if (scan.test(node) && !node.path("Node Type").asText().equals("Bitmap Index Scan")) {
      double perLoop =
          node.path("Actual Rows").asDouble()
              + node.path("Rows Removed by Filter").asDouble()
              + node.path("Rows Removed by Index Recheck").asDouble();
      rows += Math.round(perLoop * Math.max(1, node.path("Actual Loops").asLong()));
    }
    for (JsonNode input : node.path("Plans")) {
      rows += rowsRead(input, scan);
    }
    return rows;
  }
}
