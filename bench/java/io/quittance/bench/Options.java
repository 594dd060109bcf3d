package io.quittance.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What the command line asks for. */
record Options(
    List<Workload> loads,
    int rounds,
    int seconds,
    int warmUpSeconds,
    int clients,
    List<Integer> connections,
    boolean baseline,
    DirectSql.Style style,
    Optional<Path> against,
    int openLoopPercent,
    int openLoopRate,
    boolean pgbench,
    int merchants,
    List<String> serviceJvm,
    List<String> againstJvm,
    Map<String, String> database) {

  static final String USAGE =
      """
      bench/run payments [--loads uniform,hot,mixed,mixed-hot] [--rounds 5] [--seconds 8]
                         [--warm-up 15] [--clients 64] [--against path/to/quittance.jar]
                         [--connections 4,8,16,32] [--baseline plain|packed|none]
                         [--open-loop-percent 50 (0: none) | --open-loop-rate N] [--no-pgbench]
                         [--merchants 1 (more: without a baseline)] [--quick]
                         [--service-jvm "-XX:… -Dquittance…"] [--against-jvm "as for the service"]
                         [--database "wal_compression=lz4 …"]
      bench/run mixed    as payments --loads mixed,mixed-hot
      bench/run scope    [JMH options]
      """;

  Options {
    if (style == DirectSql.Style.PACKED && loads.stream().anyMatch(Workload::mixed)) {
      throw new IllegalArgumentException("only payments can be packed\n" + USAGE);
    }
    if (merchants > 1 && baseline) {
      throw new IllegalArgumentException(
          "the baseline has one merchant: --baseline none\n" + USAGE);
    }
    if (against.isPresent() && !Files.isRegularFile(against.get())) {
      throw new IllegalArgumentException("no such jar: " + against.get().toAbsolutePath());
    }
  }

  static Options parse(String[] args) {
    List<Workload> loads = List.of(Workload.UNIFORM, Workload.HOT);
    int rounds = 5;
    int seconds = 8;
    int warmUp = 15;
    int clients = 64;
    List<Integer> connections = List.of(4, 8, 16, 32);
    boolean baseline = true;
    DirectSql.Style style = DirectSql.Style.PLAIN;
    Optional<Path> against = Optional.empty();
    int percent = 50;
    int rate = 0;
    boolean pgbench = true;
    int merchants = 1;
    List<String> serviceJvm = List.of();
    List<String> againstJvm = null;
    var database = new HashMap<String, String>();
    var words = Arrays.asList(args).iterator();
    while (words.hasNext()) {
      String word = words.next();
      switch (word) {
        case "--quick" -> {
          rounds = 2;
          seconds = 4;
          warmUp = 6;
          connections = List.of(8, 16);
        }
        case "--no-pgbench" -> pgbench = false;
        case "--loads" ->
            loads = Arrays.stream(words.next().split(",")).map(Workload::from).toList();
        case "--rounds" -> rounds = Integer.parseInt(words.next());
        case "--seconds" -> seconds = Integer.parseInt(words.next());
        case "--warm-up" -> warmUp = Integer.parseInt(words.next());
        case "--clients" -> clients = Integer.parseInt(words.next());
        case "--connections" ->
            connections = Arrays.stream(words.next().split(",")).map(Integer::valueOf).toList();
        case "--baseline" -> {
          String named = words.next();
          baseline = !named.equals("none");
          if (baseline) {
            style = DirectSql.Style.valueOf(named.toUpperCase(Locale.ROOT));
          }
        }
        case "--against" -> against = Optional.of(Path.of(words.next()));
        case "--open-loop-percent" -> percent = Integer.parseInt(words.next());
        case "--open-loop-rate" -> rate = Integer.parseInt(words.next());
        case "--service-jvm" -> serviceJvm = List.of(words.next().split(" "));
        case "--against-jvm" -> againstJvm = List.of(words.next().split(" "));
        case "--database" -> {
          for (String setting : words.next().split(" ")) {
            String[] pair = setting.split("=", 2);
            database.put(pair[0], pair[1]);
          }
        }
        case "--merchants" -> merchants = Integer.parseInt(words.next());
        default -> throw new IllegalArgumentException(word + "?\n" + USAGE);
      }
    }
    return new Options(
        loads,
        rounds,
        seconds,
        warmUp,
        clients,
        connections,
        baseline,
        style,
        against,
        percent,
        rate,
        pgbench && baseline,
        merchants,
        serviceJvm,
        againstJvm == null ? serviceJvm : againstJvm,
        database);
  }

  /** Whether payments are also made to fall due at a fixed rate. */
  boolean openLoop() {
    return openLoopRate > 0 || openLoopPercent > 0;
  }
}
