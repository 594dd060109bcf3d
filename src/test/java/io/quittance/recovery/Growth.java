package io.quittance.recovery;

import io.quittance.testing.Postgres;
import io.quittance.testing.ServiceProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What grows while a service is used: each process's heap after a collection, resident memory,
 * threads and file descriptors (from Linux' {@code /proc}), and the sizes of the tables.
 */
final class Growth {

  /** Until then classes are loaded, code is compiled, and pools and caches fill up. */
  private static final Duration WARM_AFTER = Duration.ofMinutes(5);

  private static final double BYTES_PER_MB = 1_000_000;
  private static final int TABLES_SHOWN = 12;

  private record Sample(long nanos, Map<String, Double> values) {}

  private final Map<String, List<Sample>> samples = new LinkedHashMap<>();
  private final JdbcClient jdbc;

  Growth(Postgres.Database database) {
    this.jdbc = JdbcClient.create(database.dataSource());
  }

  void sample(List<ServiceProcess> replicas) throws IOException, InterruptedException {
    for (ServiceProcess replica : replicas) {
      add("process " + replica.pid(), process(replica));
    }
    add("tables, MB", tables());
  }

  private void add(String of, Map<String, Double> values) {
    samples.computeIfAbsent(of, _ -> new ArrayList<>()).add(new Sample(System.nanoTime(), values));
  }

  private static Map<String, Double> process(ServiceProcess replica)
      throws IOException, InterruptedException {
    Path proc = Path.of("/proc", Long.toString(replica.pid()));
    var values = new LinkedHashMap<String, Double>();
    replica.collectGarbage();
    values.put(
        "heap after GC, MB", replica.metric("jvm_memory_used_bytes.*\"heap\".*") / BYTES_PER_MB);
    for (String line : Files.readAllLines(proc.resolve("status"))) {
      String[] words = line.split("\\s+", 3);
      switch (words[0]) {
        case "VmRSS:" ->
            values.put("resident, MB", Long.parseLong(words[1]) * 1_024 / BYTES_PER_MB);
        case "Threads:" -> values.put("threads", Double.valueOf(words[1]));
        default -> {}
      }
    }
    try (var files = Files.list(proc.resolve("fd"))) {
      values.put("file descriptors", (double) files.count());
    }
    return values;
  }

  private Map<String, Double> tables() {
    var values = new TreeMap<String, Double>();
    jdbc.sql(
            """
            select coalesce(i.inhparent, c.oid)::regclass::text as name,
                   sum(pg_total_relation_size(c.oid)) as bytes
              from pg_class c left join pg_inherits i on i.inhrelid = c.oid
             where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace group by 1
            """)
        .query(
            row -> {
              values.put(row.getString("name"), row.getLong("bytes") / BYTES_PER_MB);
            });
    return values;
  }

  /** The last values, and how much they have grown per hour since the service was warm. */
  String report() {
    var text = new StringBuilder();
    samples.forEach((of, all) -> text.append(report(of, all)));
    return text.toString();
  }

  private static String report(String of, List<Sample> all) {
    Sample last = all.getLast();
    Sample first =
        all.stream()
            .filter(sample -> sample.nanos() - all.getFirst().nanos() >= WARM_AFTER.toNanos())
            .findFirst()
            .orElse(last);
    double hours = (last.nanos() - first.nanos()) / (double) Duration.ofHours(1).toNanos();
    var text = new StringBuilder("%s (%.2f h)%n".formatted(of, hours));
    last.values().entrySet().stream()
        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
        .limit(TABLES_SHOWN)
        .forEach(
            value -> {
              double grown = value.getValue() - first.values().getOrDefault(value.getKey(), 0.0);
              text.append(
                  "  %-28s %10.1f %s%n"
                      .formatted(
                          value.getKey(),
                          value.getValue(),
                          hours > 0 ? "%+10.1f per hour".formatted(grown / hours) : ""));
            });
    return text.toString();
  }
}
