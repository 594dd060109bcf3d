package io.quittance.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The dashboards for Grafana, as files. */
public final class Dashboards {

  private static final Path FOLDER = Path.of("ops/grafana/dashboards");

  private static final ObjectMapper JSON = new ObjectMapper();

  /** One query of a panel, as Grafana would send it: its variables have values. */
  public record Query(String dashboard, String panel, String expression) {

    /** Whether it asks for what is there only where Kafka is on. */
    public boolean needsKafka() {
      return expression.contains("quittance_kafka_");
    }

    @Override
    public String toString() {
      return dashboard + " / " + panel;
    }
  }

  private Dashboards() {}

  public static List<JsonNode> all() {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.sorted().map(Dashboards::read).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Stream<Query> queries() {
    return all().stream()
        .flatMap(
            dashboard ->
                elements(dashboard.path("panels"))
                    .flatMap(
                        panel ->
                            elements(panel.path("targets"))
                                .map(target -> query(dashboard, panel, target))));
  }

  private static Query query(JsonNode dashboard, JsonNode panel, JsonNode target) {
    String expression =
        target
            .path("expr")
            .asText()
            .replace("$job", "quittance")
            .replace("$namespace", ".*")
            .replace("$__rate_interval", "10s");
    return new Query(dashboard.path("title").asText(), panel.path("title").asText(), expression);
  }

  public static Stream<JsonNode> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  private static JsonNode read(Path file) {
    try {
      return JSON.readTree(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
