package io.quittance.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What docs/operations.md says of connections to the database, under "Connections". */
public final class ConnectionsPage {

  private static final Path PAGE = Path.of("docs/operations.md");
  private static final Pattern POOL =
      Pattern.compile("(?m)^\\| `(\\w+)`(, engine `kafka`)? \\|[^|]*\\| (\\d+) \\| \\d+ \\|");
  private static final Pattern REPLICAS =
      Pattern.compile(
          "(?m)^\\| ([\\w ]+) \\| (\\d+) \\| (\\d+) \\| (\\d+) × \\(N \\+ 2\\) \\+ (\\d+) \\|");

  /**
   * What is said of replicas of one kind.
   *
   * @param atMost connections of one
   * @param fit how many fit PostgreSQL's default
   * @param each and
   * @param beside are the numbers of the formula for any number of replicas
   */
  public record Replicas(int atMost, int fit, int each, int beside) {}

  private final String text;

  public ConnectionsPage() {
    try {
      text = Files.readString(PAGE).split("(?m)^## (?=Connections$)", 2)[1].split("(?m)^## ", 2)[0];
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Connections of each pool, at most; with Kafka as engine that of analytics is another one. */
  public Map<String, Integer> pools(boolean engineKafka) {
    return POOL.matcher(text)
        .results()
        .filter(row -> !row.group(1).equals("analytics") || engineKafka == (row.group(2) != null))
        .collect(Collectors.toMap(row -> row.group(1), row -> number(row, 3)));
  }

  public Map<String, Replicas> replicas() {
    return REPLICAS
        .matcher(text)
        .results()
        .collect(
            Collectors.toMap(
                row -> row.group(1),
                row ->
                    new Replicas(number(row, 2), number(row, 3), number(row, 4), number(row, 5))));
  }

  private static int number(MatchResult row, int group) {
    return Integer.parseInt(row.group(group));
  }
}
